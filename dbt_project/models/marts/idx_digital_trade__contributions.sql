-- What each indicator adds to the index of a province-year, as it is known now.
select
    variant,
    area_code as province_code,
    year,
    indicator_id,
    value,
    normalised_value,
    weight,
    contribution
from {{ ref('int_index_contributions') }}
where universe = 'province'
    and {{ is_current() }}
