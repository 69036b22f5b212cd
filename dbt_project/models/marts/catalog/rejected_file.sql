select
    source_id,
    edition,
    file_name,
    snapshot_sha256,
    role,
    reason,
    published_on,
    bytes,
    publisher,
    redistributable
from {{ ref('dim_file') }}
where role = 'rejected'
