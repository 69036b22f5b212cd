-- Every cell whose printed figure was replaced.
select
    cells.source_id,
    cells.edition,
    cells.file_name,
    cells.locator,
    cells.indicator_id,
    cells.area_code,
    cells.year,
    cells.text as text_printed,
    cells.text_corrected as text_used,
    cells.unit_label as unit_printed,
    corrections.reason,
    corrections.evidence,
    cells.published_on,
    cells.snapshot_sha256
from {{ ref('int_observations_corrected') }} as cells
inner join {{ ref('corrections') }} as corrections
    on cells.source_id = corrections.source_id
    and cells.indicator_id = corrections.indicator_id
    and cells.area_code = corrections.area_code
    and cells.year = corrections.year
    and cells.text_expected = corrections.expected
    and cells.text_corrected = corrections.corrected
