-- The flows of the newest input-output table of each area and year, from row to column, in 10 thousand yuan. A table
-- is taken whole: cells of two editions never meet in it.
with ranked as (

    select
        flows.*,
        dense_rank() over (
            partition by flows.area_code, flows.year
            order by flows.published_on desc, flows.series_vintage, flows.file_name, flows.snapshot_sha256
        ) as table_number,
        row_number() over (
            partition by
                flows.area_code, flows.year, flows.published_on, flows.series_vintage, flows.file_name,
                flows.snapshot_sha256, flows.row_code, flows.column_code
            order by flows.locator
        ) as copy_number
    from {{ ref('int_io_flow_cells') }} as flows

)

select
    area_code,
    year,
    row_code,
    column_code,
    amount,
    missing_reason,
    published_on,
    snapshot_sha256,
    file_name,
    locator
from ranked
where table_number = 1
    and copy_number = 1
