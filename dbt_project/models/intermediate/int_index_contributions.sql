-- weight times normalised value: what each indicator adds to the index of an area and year.
{{ config(materialized='ephemeral') }}
select
    normalised.universe,
    normalised.variant,
    normalised.area_code,
    normalised.year,
    normalised.indicator_id,
    normalised.value,
    normalised.normalised_value,
    normalised.is_imputed,
    normalised.proxy_level,
    weights.weight,
    weights.weight * normalised.normalised_value as contribution,
    normalised.known_from,
    normalised.known_to
from {{ ref('int_index_normalised') }} as normalised
inner join {{ ref('idx_digital_trade__weights') }} as weights
    on normalised.universe = weights.universe
    and normalised.variant = weights.variant
    and normalised.indicator_id = weights.indicator_id
    and {{ is_known_on('weights', 'normalised.known_from') }}
where weights.weight is not null
