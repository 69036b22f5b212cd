-- Min-max over the pooled sample of a universe, so that the index is comparable between years:
-- z = (x - min) / (max - min), mirrored for an indicator whose direction is negative; 0 where it does not vary.
with extents as (

    select
        *,
        min(value) over (partition by universe, variant, indicator_id, known_from) as minimum,
        max(value) over (partition by universe, variant, indicator_id, known_from) as maximum
    from {{ ref('int_index_inputs') }}

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
