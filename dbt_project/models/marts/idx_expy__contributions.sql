-- What each category adds to the EXPY of a province and year: share times PRODY. Without the province's own
-- row a category that nobody else exports has no PRODY; it is left out and the other shares are rescaled.
with totals as (

    select
        *,
        sum(export_value_cny_10k) over (partition by classification, province_code, year) as total
    from {{ ref('fct_export__province_category_year') }}

),

of_all as (

    select
        prody.variant,
        totals.classification,
        totals.province_code,
        totals.year,
        totals.category_code,
        totals.export_value_cny_10k,
        totals.export_value_cny_10k / totals.total as share,
        prody.prody_yuan
    from totals
    inner join {{ ref('idx_prody__category_year') }} as prody
        on totals.classification = prody.classification
        and totals.category_code = prody.category_code
        and totals.year = prody.year
    where totals.total > 0

),

of_others as (

    select
        classification,
        province_code,
        year,
        category_code,
        share,
        sum(share) over category_year - share as share_of_others,
        sum(share * income_yuan) over category_year - share * income_yuan as income_of_others,
        sum(case when share > 0 then 1 else 0 end) over category_year
        - case when share > 0 then 1 else 0 end as other_exporters
    from {{ ref('idx_prody__contributions') }}
    window category_year as (
        partition by classification, category_code, year
    )

),

leave_one_out as (

    select
        'leave_one_out' as variant,
        of_others.classification,
        of_others.province_code,
        of_others.year,
        of_others.category_code,
        totals.export_value_cny_10k,
        of_others.share / sum(of_others.share) over (
            partition by of_others.classification, of_others.province_code, of_others.year
        ) as share,
        of_others.income_of_others / of_others.share_of_others as prody_yuan
    from of_others
    inner join totals
        on of_others.classification = totals.classification
        and of_others.province_code = totals.province_code
        and of_others.year = totals.year
        and of_others.category_code = totals.category_code
    where of_others.other_exporters > 0

),

combined as (

    select * from of_all
    union all
    select * from leave_one_out

)

select
    variant,
    classification,
    province_code,
    year,
    category_code,
    export_value_cny_10k,
    share,
    prody_yuan,
    share * prody_yuan as contribution_yuan
from combined
