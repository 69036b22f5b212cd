-- How many of the areas are known, for each indicator and year of the sample or of the data: of provinces every
-- indicator (or of the country, where it alone is known), of economies those that their index and panel use, and the
-- years of agreements.
with wanted as (

    select
        'province' as universe,
        indicator_id
    from {{ ref('indicators') }}

    union

    select
        universe,
        indicator_id
    from {{ ref('index_members') }}
    where universe <> 'province'

    union

    select
        universe,
        input_id as indicator_id
    from {{ ref('panel_column') }}
    where universe <> 'province'
        and input_kind = 'observation'

    union

    select
        'country' as universe,
        indicator_id
    from {{ ref('indicators') }}
    where unit = 'year'

),

observations as (

    select
        wanted.universe,
        observations.indicator_id,
        observations.year,
        areas.level,
        observations.obs_status,
        observations.published_on
    from {{ ref('fct_observation') }} as observations
    inner join {{ ref('dim_area') }} as areas
        on observations.area_code = areas.area_code
    inner join wanted
        on observations.indicator_id = wanted.indicator_id
        and (wanted.universe = 'country' or areas.area_code = '100000' or areas.level <> 'country')
    where observations.value is not null
        and {{ is_current('observations') }}

),

years as (

    select
        wanted.universe,
        wanted.indicator_id,
        sample_years.year
    from wanted
    inner join {{ ref('int_sample_years') }} as sample_years
        on wanted.universe = sample_years.universe

    union

    select
        universe,
        indicator_id,
        year
    from observations

),

by_indicator as (

    select
        indicator_id,
        max(case when level = 'province' then 1 else 0 end) as is_provincial
    from observations
    where universe = 'province'
    group by indicator_id

),

counted as (

    select
        universe,
        indicator_id,
        year,
        level,
        sum(case when obs_status in ('A', 'P', 'E') then 1 else 0 end) as areas_reported,
        sum(case when obs_status = 'I' then 1 else 0 end) as areas_imputed,
        sum(case when obs_status = 'D' then 1 else 0 end) as areas_derived,
        sum(case when obs_status = 'X' then 1 else 0 end) as areas_proxied,
        max(published_on) as newest_published_on
    from observations
    group by universe, indicator_id, year, level

),

sizes as (

    select
        universe,
        count(*) as areas
    from {{ ref('int_universe_areas') }}
    group by universe

),

levelled as (

    select
        years.universe,
        years.indicator_id,
        years.year,
        case when years.universe = 'country' or by_indicator.is_provincial = 0 then 'country' else 'province' end
            as level,
        case when years.universe = 'province' and by_indicator.is_provincial = 0 then 1 else sizes.areas end as areas
    from years
    inner join sizes
        on years.universe = sizes.universe
    left join by_indicator
        on years.indicator_id = by_indicator.indicator_id

)

select
    levelled.universe,
    levelled.indicator_id,
    levelled.year,
    levelled.level,
    cast(coalesce(counted.areas_reported, 0) as integer) as areas_reported,
    cast(coalesce(counted.areas_imputed, 0) as integer) as areas_imputed,
    cast(coalesce(counted.areas_derived, 0) as integer) as areas_derived,
    cast(coalesce(counted.areas_proxied, 0) as integer) as areas_proxied,
    cast(
        levelled.areas
        - coalesce(
            counted.areas_reported + counted.areas_imputed + counted.areas_derived + counted.areas_proxied, 0
        ) as integer
    ) as areas_missing,
    counted.newest_published_on
from levelled
left join counted
    on levelled.universe = counted.universe
    and levelled.indicator_id = counted.indicator_id
    and levelled.year = counted.year
    and levelled.level = counted.level
