-- EXPY with a PRODY that leaves the area's own row out. A category that nobody else exports has no such PRODY:
-- it is dropped, the shares of the others are rescaled, and the row says so.
with weighted as (

    select
        shares.as_of,
        shares.classification,
        shares.area_code,
        shares.year,
        shares.category_code,
        shares.share,
        income.income_yuan,
        sum(shares.share) over category_year - shares.share as share_of_others,
        sum(shares.share * income.income_yuan) over category_year
        - shares.share * income.income_yuan as income_of_others,
        sum(case when shares.share > 0 then 1 else 0 end) over category_year
        - case when shares.share > 0 then 1 else 0 end as other_exporters
    from {{ ref('int_export_shares') }} as shares
    inner join {{ ref('int_income_real') }} as income
        on shares.as_of = income.as_of
        and shares.area_code = income.area_code
        and shares.year = income.year
    window category_year as (
        partition by shares.as_of, shares.classification, shares.category_code, shares.year
    )

)

select
    as_of,
    classification,
    area_code,
    year,
    {{ in_digits(
        "sum(case when other_exporters > 0 then share * income_of_others / share_of_others end)
        / nullif(sum(case when other_exporters > 0 then share end), 0)"
    ) }} as expy_yuan,
    sum(case when other_exporters = 0 and share > 0 then 1 else 0 end) as categories_dropped
from weighted
group by as_of, classification, area_code, year
