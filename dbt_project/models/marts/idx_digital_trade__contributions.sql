-- What each indicator adds to the index of an area and year, as it is known now.
select
    universe,
    variant,
    area_code,
    case universe when 'province' then area_code end as province_code,
    year,
    indicator_id,
    value,
    normalised_value,
    weight,
    contribution
from {{ ref('int_index_contributions') }}
where {{ is_current() }}
