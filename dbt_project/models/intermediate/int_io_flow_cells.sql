-- The usable flows of the input-output tables that are not held, exports included, one row a cell: from the sector or
-- item of its row to the sector or item of its column, in 10 thousand yuan; a blank flow is NULL with its reason.
{{ config(materialized='ephemeral') }}
select
    cells.area_code,
    cells.year,
    cells.published_on,
    cells.series_vintage,
    cells.file_name,
    cells.snapshot_sha256,
    cells.locator,
    cells.row_code,
    cells.column_code,
    cells.value as amount,
    cells.missing_reason
from {{ ref('stg_cells') }} as cells
left join {{ ref('int_files_held') }} as held
    on cells.file_id = held.file_id
where held.file_id is null
    and cells.is_usable
    and cells.row_code is not null
    and cells.column_code is not null
