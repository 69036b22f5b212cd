-- How many of the areas are known, for each indicator and year of the sample or of the data.
with years as (

    select
        indicators.indicator_id,
        sample_years.year
    from {{ ref('indicators') }} as indicators
    inner join {{ ref('int_sample_years') }} as sample_years
        on sample_years.universe = 'province'

    union

    select
        indicator_id,
        year
    from {{ ref('fct_observation') }}
    where value is not null
        and {{ is_current() }}

),

by_indicator as (

    select
        observations.indicator_id,
        max(case when areas.level = 'province' then 1 else 0 end) as is_provincial
    from {{ ref('fct_observation') }} as observations
    inner join {{ ref('dim_area') }} as areas
        on observations.area_code = areas.area_code
    where observations.value is not null
        and {{ is_current('observations') }}
    group by observations.indicator_id

),

counted as (

    select
        observations.indicator_id,
        observations.year,
        areas.level,
        sum(case when observations.obs_status in ('A', 'P', 'E') then 1 else 0 end) as areas_reported,
        sum(case when observations.obs_status = 'I' then 1 else 0 end) as areas_imputed,
        sum(case when observations.obs_status = 'D' then 1 else 0 end) as areas_derived,
        sum(case when observations.obs_status = 'X' then 1 else 0 end) as areas_proxied,
        max(observations.published_on) as newest_published_on
    from {{ ref('fct_observation') }} as observations
    inner join {{ ref('dim_area') }} as areas
        on observations.area_code = areas.area_code
    where observations.value is not null
        and {{ is_current('observations') }}
    group by observations.indicator_id, observations.year, areas.level

),

levelled as (

    select
        years.indicator_id,
        years.year,
        case when by_indicator.is_provincial = 0 then 'country' else 'province' end as level,
        case
            when by_indicator.is_provincial = 0 then 1
            else (
                select count(*)
                from {{ ref('int_universe_areas') }}
                where universe = 'province'
            )
        end as areas
    from years
    left join by_indicator
        on years.indicator_id = by_indicator.indicator_id

)

select
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
    on levelled.indicator_id = counted.indicator_id
    and levelled.year = counted.year
    and levelled.level = counted.level
