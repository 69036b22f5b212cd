-- A study variable that is known for the country alone joins every province: it varies over time only (X, 3).
with by_level as (

    select
        as_of,
        indicator_id,
        area_code,
        year,
        value,
        is_imputed,
        published_on
    from {{ ref('int_observations_known') }}
    union all
    select
        as_of,
        indicator_id,
        area_code,
        year,
        value,
        is_imputed,
        published_on
    from {{ ref('int_observations_derived') }}

),

known_by_province as (

    select distinct
        by_level.as_of,
        by_level.indicator_id
    from by_level
    inner join {{ ref('provinces') }} as provinces
        on by_level.area_code = provinces.province_code

)

select
    country.as_of,
    country.indicator_id,
    provinces.province_code as area_code,
    country.year,
    country.value,
    country.is_imputed,
    country.published_on
from by_level as country
inner join {{ ref('indicators') }} as indicators
    on country.indicator_id = indicators.indicator_id
cross join {{ ref('provinces') }} as provinces
left join known_by_province
    on country.as_of = known_by_province.as_of
    and country.indicator_id = known_by_province.indicator_id
where country.area_code = '100000'
    and indicators.study_role in ('index', 'control')
    and known_by_province.indicator_id is null
