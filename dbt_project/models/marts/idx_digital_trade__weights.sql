-- Entropy weights (Shannon 1948; the pooled form of domain practice): p = zs / sum zs, e = -sum p ln p / ln n with
-- n area-years, d = 1 - e, w = d / sum d. Equal weights, and squared loadings of the first principal
-- component (Nicoletti, Scarpetta and Boylaud 2000), for the variants with those weightings.
with observed as (

    select normalised.*
    from {{ ref('int_index_normalised') }} as normalised
    inner join {{ ref('index_variants') }} as index_variants
        on normalised.variant = index_variants.variant
    where index_variants.weighting = 'pca'
        and normalised.maximum > normalised.minimum

),

{{ principal_component('observed', ['universe', 'variant', 'known_from']) }},

shifted as (

    select
        normalised.*,
        normalised.normalised_value + index_variants.shift as shifted_value
    from {{ ref('int_index_normalised') }} as normalised
    inner join {{ ref('index_variants') }} as index_variants
        on normalised.variant = index_variants.variant

),

shares as (

    select
        *,
        shifted_value / nullif(sum(shifted_value) over pooled, 0) as p
    from shifted
    window pooled as (partition by universe, variant, indicator_id, known_from)

),

entropies as (

    select
        universe,
        known_from,
        variant,
        indicator_id,
        min(minimum) as minimum,
        max(maximum) as maximum,
        count(*) as observations,
        avg(case when is_imputed then 1e0 else 0e0 end) as share_imputed,
        max(proxy_level) as proxy_level,
        max(maximum) > min(minimum) as varies,
        case
            -- an indicator that does not vary carries no information
            when min(minimum) = max(maximum) then 1
            else -sum(case when p > 0 then p * ln(p) else 0 end) / nullif(ln(count(*)), 0)
        end as entropy
    from shares
    group by universe, known_from, variant, indicator_id

),

weighted as (

    select
        entropies.*,
        case
            -- where nothing varies, as in a single province-year, there is nothing to weigh
            when not max(entropies.varies) over (variant_members)
                then null
            when index_variants.weighting = 'entropy'
                then (1 - entropies.entropy) / sum(1 - entropies.entropy) over (variant_members)
            when index_variants.weighting = 'equal'
                then cast(1 as double) / count(*) over (variant_members)
            when index_variants.weighting = 'pca'
                then coalesce(component.squared_loading, 0)
        end as weight
    from entropies
    inner join {{ ref('index_variants') }} as index_variants
        on entropies.variant = index_variants.variant
    left join squared_loadings as component
        on index_variants.weighting = 'pca'
        and entropies.universe = component.universe
        and entropies.variant = component.variant
        and entropies.known_from = component.known_from
        and entropies.indicator_id = component.indicator_id
    window variant_members as (
        partition by entropies.universe, entropies.variant, entropies.known_from
    )

),

members as (

    select
        universe,
        indicator_id,
        direction,
        count(value) as observations,
        known_from,
        known_to
    from {{ ref('int_index_observations') }}
    group by universe, indicator_id, direction, known_from, known_to

),

explained as (

    select
        members.universe,
        index_variants.variant,
        members.indicator_id,
        members.direction,
        weighted.minimum,
        weighted.maximum,
        case when weighted.weight is not null then weighted.entropy end as entropy,
        {{ in_digits('weighted.weight') }} as weight,
        cast(coalesce(weighted.observations, 0) as integer) as observations,
        weighted.share_imputed,
        weighted.proxy_level,
        case
            when weighted.weight is not null and weighted.minimum = weighted.maximum
                then 'does not vary over the sample'
            when weighted.weight is not null and weighted.proxy_level = 3
                then 'national constant: known for the country only'
            when weighted.weight is not null and weighted.proxy_level > 0
                then 'proxy: ' || coalesce(proxies.note, '')
            when weighted.weight is not null
                then null
            when weighted.indicator_id is not null
                then 'no indicator varies over the ' || universes.level || '-years that know them all ('
                    || cast(weighted.observations as string) || ')'
            when members.observations = 0
                then 'no source provides it; to be had from: ' || indicators.where_to_get
            when position(' ' || members.indicator_id || ' ' in ' ' || index_variants.excludes || ' ') > 0
                then 'left out of this variant'
            when position(' national ' in ' ' || index_variants.excludes || ' ') > 0
                then 'left out of this variant, or no ' || universes.level || '-year knows all its indicators'
            else 'no ' || universes.level || '-year of the sample knows all indicators'
        end as reason,
        members.known_from,
        members.known_to
    from members
    inner join {{ ref('universes') }} as universes
        on members.universe = universes.universe
    inner join {{ ref('index_variants') }} as index_variants
        on {{ is_variant_of('index_variants', 'members.universe') }}
    inner join {{ ref('indicators') }} as indicators
        on members.indicator_id = indicators.indicator_id
    left join weighted
        on members.universe = weighted.universe
        and index_variants.variant = weighted.variant
        and members.indicator_id = weighted.indicator_id
        and members.known_from = weighted.known_from
    left join (
        select
            indicator_id,
            max(note) as note
        from {{ ref('derivations') }}
        where obs_status = 'X'
        group by indicator_id
    ) as proxies
        on members.indicator_id = proxies.indicator_id

)

{{ merged(
    'explained', ['universe', 'variant', 'indicator_id'],
    [
        'direction', 'minimum', 'maximum', 'entropy', 'weight', 'observations', 'share_imputed', 'proxy_level', 'reason'
    ],
    summed=['entropy', 'weight']
) }}
