-- What goes into each variant of the digital trade index, normalised: the members that some source provides and the
-- variant does not exclude, in the area-years of the sample in which all of them are known. Min-max over the pooled
-- sample of a universe, so that the index is comparable between years: z = (x - min) / (max - min), mirrored for an
-- indicator whose direction is negative; 0 where it does not vary.
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
    inner join {{ ref('index_variants') }} as variants
        on {{ is_variant_of('variants', 'provided.universe') }}
    where variants.excludes is null
        or (
            position(' ' || provided.indicator_id || ' ' in ' ' || variants.excludes || ' ') = 0
            and (provided.proxy_level < 3 or position(' national ' in ' ' || variants.excludes || ' ') = 0)
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

),

extents as (

    select
        *,
        min(value) over (partition by universe, variant, indicator_id, known_from) as minimum,
        max(value) over (partition by universe, variant, indicator_id, known_from) as maximum
    from counted
    where members_known = members

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
    minimum,
    maximum,
    case
        when maximum = minimum then 0
        when direction = 1 then (value - minimum) / (maximum - minimum)
        else (maximum - value) / (maximum - minimum)
    end as normalised_value,
    known_from,
    known_to
from extents
