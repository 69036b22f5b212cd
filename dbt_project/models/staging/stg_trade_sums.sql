-- The rows of trade statistics summed within their sheet over partners and modes of trade: a row an area, commodity
-- code as printed, and period. It is addressed by the first of its rows, and has the labels of that. What is
-- understood of a sum from here on holds for each of its rows. Rows are grouped by what tells them apart within a
-- sheet alone: what holds for all of it (raw.trade_files) is put beside the sums.
{{ config(materialized='by_snapshot') }}
with sums as (

    select
        sheet_id,
        min(row_number) as row_number,
        max(row_number) as last_row_number,
        0 as alone,
        cast(count(*) as integer) as cells,
        sum(number) as number_printed,
        cast(null as string) as text,
        period_label,
        area_label,
        category_code
    from {{ source('raw', 'trade_rows') }}
    where number < 1e15
        and {{ is_of_snapshot_asked_for() }}
    group by sheet_id, period_label, area_label, category_code

),

first_rows as (

    select
        sheet_id,
        row_number,
        area_key,
        category_label
    from {{ source('raw', 'trade_rows') }}
    where {{ is_of_snapshot_asked_for() }}

),

sums_and_rows as (

    select
        sums.*,
        first_rows.area_key,
        first_rows.category_label
    from sums
    inner join first_rows
        on sums.sheet_id = first_rows.sheet_id
        and sums.row_number = first_rows.row_number

    union all

    select
        sheet_id,
        row_number,
        row_number as last_row_number,
        row_number as alone,
        1 as cells,
        number_printed,
        text,
        period_label,
        area_label,
        category_code,
        area_key,
        category_label
    from {{ ref('stg_trade_rows_alone') }}

)

select
    files.source_id,
    files.edition,
    files.published_on,
    files.snapshot_sha256,
    files.file_name,
    files.sheet,
    found.row_number,
    found.last_row_number,
    files.column_number,
    files.cell_column || cast(found.row_number as string) as cell,
    found.alone,
    found.cells,
    found.number_printed,
    found.text,
    files.unit_label,
    files.unit_key,
    found.period_label,
    found.area_label,
    found.area_key,
    files.classification,
    found.category_code,
    found.category_label,
    files.flow,
    files.series_vintage,
    files.obs_status
from sums_and_rows as found
inner join {{ source('raw', 'trade_files') }} as files
    on found.sheet_id = files.sheet_id
left join (
    select distinct
        source_id,
        category_code
    from {{ ref('corrections') }}
) as corrected
    on files.source_id = corrected.source_id
    and found.category_code = corrected.category_code
where found.alone > 0
    or corrected.category_code is null
