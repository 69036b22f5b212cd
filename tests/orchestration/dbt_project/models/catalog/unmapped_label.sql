select
    source_id,
    edition,
    file_name,
    '' as label,
    0 as cells
from {{ ref('dim_file') }}
where false
