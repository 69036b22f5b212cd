-- What source.yml says of each source.
select
    source_id,
    title_en,
    title_zh,
    publisher,
    licence,
    redistributable,
    cast(authority as integer) as authority,
    cast(release_month as integer) as release_month
from {{ source('raw', 'sources') }}
