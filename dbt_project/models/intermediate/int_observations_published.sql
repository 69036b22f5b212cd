-- Every usable observation of the files that are not held back, in the standard unit.
select
    cells.indicator_id,
    cells.area_code,
    cells.year,
    cells.source_id,
    cells.published_on,
    cells.series_vintage,
    cells.obs_status,
    cells.missing_reason,
    cells.snapshot_sha256,
    cells.file_name,
    cells.locator,
    cells.edition,
    cells.sheet,
    cells.cell,
    cells.row_number,
    cells.column_number,
    cells.table_title,
    cells.indicator_label,
    cells.area_label,
    cells.text,
    cells.unit_label,
    cells.number_printed,
    cells.factor,
    cells.currency,
    cells.cny_per_usd,
    cells.is_corrected,
    cells.value
from {{ ref('stg_cells') }} as cells
left join {{ ref('int_files_held') }} as held
    on cells.file_id = held.file_id
where cells.kind = 'observation'
    and cells.is_usable
    and held.file_id is null
