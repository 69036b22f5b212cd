select
    source_id,
    edition,
    file_name,
    snapshot_sha256,
    role,
    reason,
    published_on
from {{ source('raw', 'files') }}
