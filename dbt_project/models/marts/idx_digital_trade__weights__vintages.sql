-- Entropy weights (Shannon 1948; the pooled form of domain practice): p = zs / sum zs, e = -sum p ln p / ln n with
-- n province-years, d = 1 - e, w = d / sum d. Equal weights, and squared loadings of the first principal
-- component (Nicoletti, Scarpetta and Boylaud 2000), for the variants of those names.
with shifted as (

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
        shifted_value / nullif(sum(shifted_value) over (partition by as_of, variant, indicator_id), 0) as p
    from shifted

),

entropies as (

    select
        as_of,
        variant,
        indicator_id,
        min(minimum) as minimum,
        max(maximum) as maximum,
        count(*) as observations,
        avg(case when is_imputed then 1.0 else 0.0 end) as share_imputed,
        max(proxy_level) as proxy_level,
        case
            -- an indicator that does not vary carries no information
            when min(minimum) = max(maximum) then 1
            else -sum(case when p > 0 then p * ln(p) else 0 end) / nullif(ln(count(*)), 0)
        end as entropy
    from shares
    group by as_of, variant, indicator_id

),

weighted as (

    select
        entropies.*,
        case index_variants.weighting
            when 'entropy'
                then (1 - entropies.entropy)
                    / nullif(sum(1 - entropies.entropy) over (partition by entropies.as_of, entropies.variant), 0)
            when 'equal'
                then cast(1 as double) / count(*) over (partition by entropies.as_of, entropies.variant)
            when 'pca'
                then coalesce(component.squared_loading, 0)
        end as weight
    from entropies
    inner join {{ ref('index_variants') }} as index_variants
        on entropies.variant = index_variants.variant
    left join {{ ref('int_index_principal_component') }} as component
        on index_variants.weighting = 'pca'
        and entropies.as_of = component.as_of
        and entropies.indicator_id = component.indicator_id

),

provided as (

    select distinct
        observations.as_of,
        observations.indicator_id
    from {{ ref('fct_observation__as_of') }} as observations
    inner join {{ ref('provinces') }} as provinces
        on observations.area_code = provinces.province_code
    where observations.value is not null
        and observations.year between {{ var('sample_start') }} and {{ var('sample_end') }}

)

select
    vintage_dates.as_of,
    index_variants.variant,
    indicators.indicator_id,
    indicators.direction,
    weighted.minimum,
    weighted.maximum,
    weighted.entropy,
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
        when provided.indicator_id is null
            then 'no source provides it; to be had from: ' || indicators.where_to_get
        when weighted.indicator_id is null and index_variants.excludes is not null
            then 'left out of this variant, or no province-year knows all its indicators'
        else 'no province-year of the sample knows all indicators'
    end as reason
from {{ ref('int_vintage_dates') }} as vintage_dates
cross join {{ ref('index_variants') }} as index_variants
cross join {{ ref('indicators') }} as indicators
left join weighted
    on vintage_dates.as_of = weighted.as_of
    and index_variants.variant = weighted.variant
    and indicators.indicator_id = weighted.indicator_id
left join provided
    on vintage_dates.as_of = provided.as_of
    and indicators.indicator_id = provided.indicator_id
left join (
    select
        indicator_id,
        max(note) as note
    from {{ ref('derivations') }}
    where obs_status = 'X'
    group by indicator_id
) as proxies
    on indicators.indicator_id = proxies.indicator_id
where indicators.study_role = 'index'
