-- EXPY of Hausmann, Hwang and Rodrik (2007): EXPY(i) = sum over j of s(i, j) * PRODY(j).
with reported_years as (

    select distinct
        as_of,
        classification,
        year
    from {{ ref('int_exports_known') }}

),

grid as (

    select
        reported_years.as_of,
        reported_years.classification,
        reported_years.year,
        provinces.province_code
    from reported_years
    cross join {{ ref('provinces') }} as provinces

),

weighted as (

    select
        shares.as_of,
        prody.variant,
        shares.classification,
        shares.area_code,
        shares.year,
        sum(shares.share * prody.prody_yuan) as expy_yuan,
        sum(shares.share) as share_covered,
        0 as categories_dropped
    from {{ ref('int_export_shares') }} as shares
    inner join {{ ref('idx_prody__category_year__vintages') }} as prody
        on shares.as_of = prody.as_of
        and shares.classification = prody.classification
        and shares.category_code = prody.category_code
        and shares.year = prody.year
    group by shares.as_of, prody.variant, shares.classification, shares.area_code, shares.year

    union all

    select
        as_of,
        'leave_one_out' as variant,
        classification,
        area_code,
        year,
        expy_yuan,
        1 as share_covered,
        categories_dropped
    from {{ ref('int_expy_leave_one_out') }}

),

variants as (

    select 'annual' as variant
    union all
    select 'fixed_prody' as variant
    union all
    select 'leave_one_out' as variant
    union all
    select 'domestic_content' as variant

),

levels as (

    select
        grid.as_of,
        variants.variant,
        grid.classification,
        grid.province_code,
        grid.year,
        case when weighted.share_covered > 0.999999 then weighted.expy_yuan end as expy_yuan,
        case
            when shares.area_code is null
                then 'the province reports no exports'
            when weighted.expy_yuan is null and variants.variant = 'leave_one_out'
                then 'no other province exports its categories, or its own income is unknown'
            when weighted.expy_yuan is null and variants.variant = 'domestic_content'
                and grid.classification <> 'io42_manufacturing_17'
                then 'input-output tables know no categories of this classification'
            when (weighted.expy_yuan is null or weighted.share_covered <= 0.999999)
                and variants.variant = 'domestic_content'
                then 'no input-output tables say what goes into its categories'
            when weighted.expy_yuan is null or weighted.share_covered <= 0.999999
                then 'no income is known for the provinces that export its categories'
            when weighted.categories_dropped > 0
                then cast(weighted.categories_dropped as varchar)
                    || ' categories that no other province exports are left out and the shares rescaled'
        end as reason
    from grid
    cross join variants
    left join weighted
        on grid.as_of = weighted.as_of
        and variants.variant = weighted.variant
        and grid.classification = weighted.classification
        and grid.province_code = weighted.area_code
        and grid.year = weighted.year
    left join (
        select distinct
            as_of,
            classification,
            area_code,
            year
        from {{ ref('int_export_shares') }}
    ) as shares
        on grid.as_of = shares.as_of
        and grid.classification = shares.classification
        and grid.province_code = shares.area_code
        and grid.year = shares.year

)

select
    as_of,
    variant,
    classification,
    province_code,
    year,
    {{ in_digits('expy_yuan') }} as expy_yuan,
    {{ in_digits('ln(expy_yuan / 10000)') }} as expy_log,
    (expy_yuan - avg(expy_yuan) over all_rows)
    / nullif(stddev_samp(expy_yuan) over all_rows, 0) as expy_z,
    reason
from levels
window all_rows as (
    partition by as_of, variant, classification
)
