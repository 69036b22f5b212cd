{%- set dimensions = ['infrastructure', 'innovation', 'scale', 'potential', 'barriers'] -%}
{%- set scores = [] -%}
{%- for dimension in dimensions %}{% do scores.append(dimension ~ '_score') %}{% endfor -%}
-- The digital trade index: the sum of the contributions, in all and by dimension. An area and year short of an
-- indicator is NULL with the reason.
with summed as (

    select
        contributions.universe,
        contributions.variant,
        contributions.area_code,
        contributions.year,
        contributions.known_from,
        sum(contributions.contribution) as digital_trade_index,
        {% for dimension in dimensions -%}
        sum(case when members.dimension = '{{ dimension }}' then contributions.contribution end)
            as {{ dimension }}_score,
        {% endfor -%}
        avg(case when contributions.is_imputed then 1e0 else 0e0 end) as share_imputed,
        avg(case when contributions.proxy_level > 0 then 1e0 else 0e0 end) as share_proxy,
        count(*) as indicators_used
    from {{ ref('int_index_contributions') }} as contributions
    inner join {{ ref('index_members') }} as members
        on contributions.universe = members.universe
        and contributions.indicator_id = members.indicator_id
    group by
        contributions.universe, contributions.variant, contributions.area_code, contributions.year,
        contributions.known_from

),

periods as (

    select distinct
        universe,
        known_from,
        known_to
    from {{ ref('int_index_observations') }}

),

used as (

    select
        periods.universe,
        weights.variant,
        weights.indicator_id,
        count(*) over (partition by periods.universe, weights.variant, periods.known_from) as members,
        periods.known_from
    from periods
    inner join {{ ref('idx_digital_trade__weights') }} as weights
        on periods.universe = weights.universe
        and {{ is_known_on('weights', 'periods.known_from') }}
    where weights.weight is not null

),

known as (

    select
        used.universe,
        used.variant,
        observations.area_code,
        observations.year,
        used.known_from,
        count(*) as members_known
    from used
    inner join {{ ref('int_index_observations') }} as observations
        on used.universe = observations.universe
        and used.indicator_id = observations.indicator_id
        and used.known_from = observations.known_from
    where observations.value is not null
    group by used.universe, used.variant, observations.area_code, observations.year, used.known_from

),

grid as (

    select
        periods.universe,
        variants.variant,
        areas.area_code,
        sample_years.year,
        periods.known_from,
        periods.known_to
    from periods
    inner join {{ ref('int_universe_areas') }} as areas
        on periods.universe = areas.universe
    inner join {{ ref('int_sample_years') }} as sample_years
        on periods.universe = sample_years.universe
    inner join {{ ref('index_variants') }} as variants
        on {{ is_variant_of('variants', 'periods.universe') }}

),

explained as (

    select
        grid.universe,
        grid.variant,
        grid.area_code,
        grid.year,
        {{ in_digits('summed.digital_trade_index') }} as digital_trade_index,
        cast(coalesce(summed.indicators_used, 0) as integer) as indicators_used,
        {% for score in scores -%}
        summed.{{ score }},
        {% endfor -%}
        case
            when summed.digital_trade_index is not null then null
            when members.members is null
                then 'no ' || universes.level || '-year of the sample knows all the indicators that a source provides, '
                    || 'or none of them varies'
            else 'only ' || cast(coalesce(known.members_known, 0) as string) || ' of the '
                || cast(members.members as string) || ' indicators of the index are known'
        end as reason,
        summed.share_imputed,
        summed.share_proxy,
        grid.known_from,
        grid.known_to
    from grid
    inner join {{ ref('universes') }} as universes
        on grid.universe = universes.universe
    left join summed
        on grid.universe = summed.universe
        and grid.variant = summed.variant
        and grid.area_code = summed.area_code
        and grid.year = summed.year
        and grid.known_from = summed.known_from
    left join (
        select distinct
            universe,
            variant,
            known_from,
            members
        from used
    ) as members
        on grid.universe = members.universe
        and grid.variant = members.variant
        and grid.known_from = members.known_from
    left join known
        on grid.universe = known.universe
        and grid.variant = known.variant
        and grid.area_code = known.area_code
        and grid.year = known.year
        and grid.known_from = known.known_from

)

{{ merged(
    'explained', ['universe', 'variant', 'area_code', 'year'],
    ['digital_trade_index', 'indicators_used'] + scores + ['reason', 'share_imputed', 'share_proxy'],
    summed=['digital_trade_index'] + scores
) }}
