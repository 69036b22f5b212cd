-- weight times normalised value: what each indicator adds to the index of a province-year.
select
    normalised.as_of,
    normalised.variant,
    normalised.area_code,
    normalised.year,
    normalised.indicator_id,
    normalised.value,
    normalised.normalised_value,
    normalised.is_imputed,
    normalised.proxy_level,
    weights.weight,
    weights.weight * normalised.normalised_value as contribution
from {{ ref('int_index_normalised') }} as normalised
inner join {{ ref('idx_digital_trade__weights__vintages') }} as weights
    on normalised.as_of = weights.as_of
    and normalised.variant = weights.variant
    and normalised.indicator_id = weights.indicator_id
