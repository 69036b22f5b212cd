-- What a study or the home would use and nobody has: variables, and what they are made of, by province and year of the
-- sample.
with grid as (

    select
        indicators.indicator_id,
        areas.area_code as province_code,
        areas.name_en as province_name_en,
        sample_years.year
    from {{ ref('indicators') }} as indicators
    inner join {{ ref('int_universe_areas') }} as sampled
        on sampled.universe = 'province'
    inner join {{ ref('dim_area') }} as areas
        on sampled.area_code = areas.area_code
    inner join {{ ref('int_sample_years') }} as sample_years
        on sampled.universe = sample_years.universe
    where indicators.study_role is not null
        or indicators.origin = 'home'

),

provided as (

    select distinct indicator_id
    from {{ ref('fct_observation') }}
    where value is not null
        and {{ is_current() }}

)

select
    grid.indicator_id,
    grid.province_code,
    grid.province_name_en,
    grid.year,
    case
        when provided.indicator_id is null then 'no file provides it'
        else coalesce(observations.missing_reason, 'no file prints it for this province and year')
    end as reason
from grid
left join provided
    on grid.indicator_id = provided.indicator_id
left join {{ ref('fct_observation') }} as observations
    on grid.indicator_id = observations.indicator_id
    and grid.province_code = observations.area_code
    and grid.year = observations.year
    and {{ is_current('observations') }}
where observations.value is null
