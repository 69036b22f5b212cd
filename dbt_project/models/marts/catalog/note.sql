-- Footnotes and notes as printed.
select
    source_id,
    snapshot_sha256,
    {{ cell_address('sheet', 'cell') }} as locator,
    text,
    sheet,
    row_number,
    indicator_label
from {{ source('raw', 'cells') }}
where role = 'note'
