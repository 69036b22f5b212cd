-- What goes into each variant of the digital trade index: the members that some source provides and the variant does
-- not exclude, in the area-years of the sample in which all of them are known.
{{ config(materialized='ephemeral') }}
with provided as (

    select
        universe,
        indicator_id,
        known_from,
        max(proxy_level) as proxy_level
    from {{ ref('int_index_observations') }}
    where value is not null
    group by universe, indicator_id, known_from

),

members as (

    select
        provided.universe,
        variants.variant,
        provided.indicator_id,
        provided.known_from,
        count(*) over (partition by provided.universe, variants.variant, provided.known_from) as members
    from provided
    cross join {{ ref('index_variants') }} as variants
    where variants.excludes is null
        or (variants.excludes = 'national' and provided.proxy_level < 3)
        or (
            variants.excludes <> 'national'
            and position(' ' || provided.indicator_id || ' ' in ' ' || variants.excludes || ' ') = 0
        )

),

counted as (

    select
        observations.*,
        members.variant,
        members.members,
        count(*) over (
            partition by
                observations.universe, members.variant, observations.known_from,
                observations.area_code, observations.year
        ) as members_known
    from {{ ref('int_index_observations') }} as observations
    inner join members
        on observations.universe = members.universe
        and observations.indicator_id = members.indicator_id
        and observations.known_from = members.known_from
    where observations.value is not null

)

select
    universe,
    variant,
    indicator_id,
    area_code,
    year,
    value,
    direction,
    is_imputed,
    proxy_level,
    known_from,
    known_to
from counted
where members_known = members
