-- The members of the index of each universe (seeds/index_members) in its sample, anew at each date on which one of
-- their values changed. A member that no source provides by then is one row without an area.
with observations as (

    select
        members.universe,
        members.indicator_id,
        observations.area_code,
        observations.year,
        observations.value,
        observations.is_imputed,
        observations.proxy_level,
        observations.known_from,
        observations.known_to
    from {{ ref('index_members') }} as members
    inner join {{ ref('universes') }} as universes
        on members.universe = universes.universe
    inner join {{ ref('int_universe_areas') }} as areas
        on members.universe = areas.universe
    inner join {{ ref('int_observations_known') }} as observations
        on members.indicator_id = observations.indicator_id
        and areas.area_code = observations.area_code
        and observations.year between universes.sample_start and universes.sample_end
    where not universes.exact_only
        or not (observations.is_imputed or observations.obs_status = 'X')

),

changed as (

    {{ merged(
        'observations', ['universe', 'indicator_id', 'area_code', 'year'], ['value', 'is_imputed', 'proxy_level']
    ) }}

),

-- from the first publication on there is an answer, be it that nothing is known
beginning as (

    select
        universes.universe,
        first_publication.published_on as known_from,
        cast(null as date) as known_to
    from {{ ref('universes') }} as universes
    cross join (
        select min(published_on) as published_on
        from (
            select published_on from {{ ref('int_observations_published') }}
            union all
            select published_on from {{ ref('int_export_cells') }}
        ) as published
    ) as first_publication
    where first_publication.published_on is not null

),

changes as (

    select
        universe,
        known_from,
        known_to
    from changed
    union all
    select * from beginning

),

periods as (

    {{ periods_between_changes('changes', ['universe']) }}

)

select
    periods.universe,
    members.indicator_id,
    changed.area_code,
    changed.year,
    changed.value,
    changed.is_imputed,
    changed.proxy_level,
    members.direction,
    periods.known_from,
    periods.known_to
from periods
inner join {{ ref('index_members') }} as members
    on periods.universe = members.universe
left join changed
    on members.universe = changed.universe
    and members.indicator_id = changed.indicator_id
    and {{ is_known_on('changed', 'periods.known_from') }}
