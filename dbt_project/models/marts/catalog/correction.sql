-- Every cell whose printed figure was replaced.
select
    cells.source_id,
    cells.edition,
    cells.file_name,
    cells.locator,
    corrections.indicator_id,
    corrections.category_code,
    cells.area_code,
    cells.year,
    cells.text as text_printed,
    cells.text_corrected as text_used,
    cells.unit_label as unit_printed,
    corrections.reason,
    corrections.evidence,
    cells.published_on,
    cells.snapshot_sha256,
    corrections.origin
from {{ ref('stg_cells') }} as cells
inner join {{ ref('corrections') }} as corrections
    on {{ is_corrected_by('cells', 'corrections') }}
where cells.is_corrected
