select
    source_id,
    edition,
    file_name,
    '' as reason,
    0 as cells,
    '' as first_locator
from {{ ref('dim_file') }}
where false
