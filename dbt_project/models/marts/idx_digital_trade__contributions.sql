-- weight times normalised value: what each indicator adds to the index of a province-year.
select
    normalised.variant,
    normalised.area_code as province_code,
    normalised.year,
    normalised.indicator_id,
    normalised.value,
    normalised.normalised_value,
    weights.weight,
    weights.weight * normalised.normalised_value as contribution
from {{ ref('int_index_normalised') }} as normalised
inner join {{ ref('idx_digital_trade__weights') }} as weights
    on normalised.variant = weights.variant
    and normalised.indicator_id = weights.indicator_id
