select
    area_label,
    cast(substr(period_label, 1, 4) as integer) as year,
    try_cast(text as double) as value
from {{ source('raw', 'cells') }}
where source_id = 'nbs_portal'
    and role = 'value'
