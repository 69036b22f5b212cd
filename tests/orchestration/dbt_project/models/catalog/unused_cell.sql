select
    source_id,
    edition,
    file_name,
    'under a heading that no indicator stands for' as reason,
    0 as cells,
    '' as first_locator,
    '' as sentence,
    false as is_rejected
from {{ ref('dim_file') }}
where false
