-- What each province adds to the PRODY of a category and year (variant annual): weight times income, where the
-- weight is its share of exports over the sum of such shares.
with shares as (

    select
        *,
        export_value_cny_10k / nullif(sum(export_value_cny_10k) over (
            partition by classification, province_code, year
        ), 0) as share
    from {{ ref('fct_export__province_category_year') }}

),

weighted as (

    select
        shares.classification,
        shares.category_code,
        shares.year,
        shares.province_code,
        shares.share,
        shares.share / nullif(sum(shares.share) over (
            partition by shares.classification, shares.category_code, shares.year
        ), 0) as weight,
        income.income_yuan
    from shares
    inner join {{ ref('fct_income__area_year') }} as income
        on shares.province_code = income.area_code
        and shares.year = income.year
    where shares.share is not null

)

select
    classification,
    category_code,
    year,
    province_code,
    share,
    weight,
    income_yuan,
    weight * income_yuan as contribution_yuan
from weighted
