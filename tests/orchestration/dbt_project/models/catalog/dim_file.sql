select
    source_id,
    edition,
    file_name,
    snapshot_sha256,
    role,
    reason,
    case when role = 'taken' then 4 else 0 end as cells_used,
    0 as cells_not_used,
    published_on
from {{ source('raw', 'files') }}
