select
    source_id,
    title_en,
    title_zh,
    publisher,
    authority,
    release_month
from {{ ref('sources') }}
