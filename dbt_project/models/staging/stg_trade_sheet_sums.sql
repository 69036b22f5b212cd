-- The rows of trade statistics summed within their sheet over partners and modes of trade: a row an area, commodity
-- code as printed, and period, at the first of its rows and with the labels of that; and the rows that stand alone.
-- Rows are grouped by what tells them apart within a sheet alone, and what holds for all of a sheet is not kept with
-- every sum: it is in raw.trade_files.
{{ config(materialized='by_snapshot') }}
with sums as (

    select
        sheet_id,
        min(row_number) as row_number,
        max(row_number) as last_row_number,
        cast(count(*) as integer) as cells,
        sum(number) as number_printed,
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

codes_corrected as (

    select distinct
        files.sheet_id,
        corrections.category_code
    from {{ ref('corrections') }} as corrections
    inner join {{ source('raw', 'trade_files') }} as files
        on corrections.source_id = files.source_id

)

select /*+ broadcast(sums) */
    sums.sheet_id,
    sums.row_number,
    sums.last_row_number,
    0 as alone,
    sums.cells,
    sums.number_printed,
    cast(null as string) as text,
    sums.period_label,
    sums.area_label,
    first_rows.area_key,
    sums.category_code,
    first_rows.category_label
from sums
inner join first_rows
    on sums.sheet_id = first_rows.sheet_id
    and sums.row_number = first_rows.row_number
left join codes_corrected
    on sums.sheet_id = codes_corrected.sheet_id
    and sums.category_code = codes_corrected.category_code
where codes_corrected.category_code is null

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
    area_key,
    category_code,
    category_label
from {{ ref('stg_trade_rows_alone') }}
