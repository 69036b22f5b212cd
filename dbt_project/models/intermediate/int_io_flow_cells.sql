-- Usable flows of the input-output tables that are not held back, in 10 thousand yuan.
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
    cells.amount,
    cells.missing_reason
from {{ ref('stg_io_tables__flows') }} as cells
left join {{ ref('int_files_held') }} as held
    on cells.source_id || '/' || cells.snapshot_sha256 = held.file_id
where held.file_id is null
    and cells.rejection is null
    and cells.area_code is not null
    and cells.row_code is not null
    and cells.column_code is not null
