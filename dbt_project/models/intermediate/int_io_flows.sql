-- The flows of the input-output table of each area and year, from row to column, in 10 thousand yuan: a table is taken
-- whole and holds until a newer one is published; cells of two editions never meet in it. A stray second sheet repeats
-- cells of its table and counts once.
with tables as (

    select
        area_code,
        year,
        published_on,
        file_name,
        snapshot_sha256,
        published_on as known_from,
        lead(published_on) over (partition by area_code, year order by published_on) as known_to
    from (
        select
            area_code,
            year,
            published_on,
            file_name,
            snapshot_sha256,
            row_number() over (
                partition by area_code, year, published_on
                order by min(series_vintage), file_name, snapshot_sha256
            ) as table_number
        from {{ ref('int_io_flow_cells') }}
        group by area_code, year, published_on, file_name, snapshot_sha256
    ) as printed
    where table_number = 1

),

copies as (

    select
        cells.area_code,
        cells.year,
        cells.row_code,
        cells.column_code,
        cells.amount,
        cells.missing_reason,
        cells.published_on,
        cells.snapshot_sha256,
        cells.file_name,
        cells.locator,
        tables.known_from,
        tables.known_to,
        row_number() over (
            partition by cells.area_code, cells.year, tables.known_from, cells.row_code, cells.column_code
            order by cells.locator
        ) as copy_number
    from {{ ref('int_io_flow_cells') }} as cells
    inner join tables
        on cells.area_code = tables.area_code
        and cells.year = tables.year
        and cells.published_on = tables.published_on
        and cells.file_name = tables.file_name
        and cells.snapshot_sha256 = tables.snapshot_sha256

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
    locator,
    known_from,
    known_to
from copies
where copy_number = 1
