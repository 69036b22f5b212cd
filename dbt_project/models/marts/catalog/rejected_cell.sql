-- Value cells that could not be used, one row a file and reason.
select
    cells.source_id,
    files.edition,
    files.file_name,
    cells.rejection as reason,
    cast(count(*) as integer) as cells,
    min(cells.locator) as first_locator,
    cells.snapshot_sha256
from {{ ref('int_cells_checked') }} as cells
inner join {{ ref('dim_file') }} as files
    on cells.source_id = files.source_id
    and cells.snapshot_sha256 = files.snapshot_sha256
    and files.role <> 'copy'
where cells.rejection is not null
group by cells.source_id, files.edition, files.file_name, cells.rejection, cells.snapshot_sha256
