-- The rows of trade statistics summed within their sheet over partners, modes of trade and goods of a chapter, for no
-- model reads more of a code than its chapter and how many digits it has: a row an area, chapter, number of digits and
-- period, at the first of its rows; and the rows that stand alone, in no sum: those whose text is no ordinary number
-- (nothing, a mark, a sign, a unit) or one beyond 1e15, up to where a double is every whole number, and those whose
-- code a correction is about. What they say is read with every other cell. A sum of one row has its code and label, any
-- other the digits that its codes share. Rows are grouped by what tells them apart within a sheet alone, and what holds
-- for all of a sheet is not kept with every sum: it is in raw.trade_files.
{{ config(materialized='by_snapshot') }}
with sums as (

    {{ sums_of_trade_rows({
        'chapter': 'substring(rows_printed.category_code, 1, 2)', 'digits': 'length(rows_printed.category_code)'
    }) }}

)

{{ sums_at_first_rows(
    'case when sums.cells = 1 then first_rows.category_code else ' ~ codes_like('sums.chapter', 'sums.digits') ~ ' end',
    'case when sums.cells = 1 then first_rows.category_label end'
) }}

union all

select
    rows_printed.sheet_id,
    rows_printed.row_number,
    rows_printed.row_number as last_row_number,
    rows_printed.row_number as alone,
    1 as cells,
    cast(null as double) as number_printed,
    rows_printed.text,
    rows_printed.period_label,
    rows_printed.area_label,
    rows_printed.area_key,
    rows_printed.category_code,
    rows_printed.category_label
from {{ source('raw', 'trade_rows') }} as rows_printed
{{ join_codes_corrected() }}
where rows_printed.number is null
    or rows_printed.number >= 1e15
    or corrected.sheet_id is not null
