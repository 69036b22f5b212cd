-- The rows of trade statistics with their number: that of raw, or what printed_number reads in a text that is no
-- ordinary one. A row stands alone, and in no sum, where its text is no ordinary number (nothing, a mark, a sign, a
-- unit) or one beyond 1e15, up to where a double is every whole number, and where a correction is about its code.
{{ config(materialized='view') }}
select
    rows_printed.source_id,
    rows_printed.edition,
    rows_printed.published_on,
    rows_printed.snapshot_sha256,
    rows_printed.file_name,
    rows_printed.sheet,
    rows_printed.row_number,
    rows_printed.column_number,
    rows_printed.cell_column,
    rows_printed.text,
    rows_printed.unit_label,
    rows_printed.unit_key,
    rows_printed.period_label,
    rows_printed.area_label,
    rows_printed.area_key,
    rows_printed.classification,
    rows_printed.category_code,
    rows_printed.category_label,
    rows_printed.flow,
    rows_printed.series_vintage,
    rows_printed.obs_status,
    -- Not coalesce, for which DuckDB reads every text; a number of raw is never below 0
    case
        when rows_printed.number >= 0 then rows_printed.number
        else {{ printed_number(plain_text('rows_printed.text')) }}
    end as number_printed,
    case
        when rows_printed.number < 1e15 and corrections.category_code is null then 0
        else rows_printed.row_number
    end as alone
from {{ source('raw', 'trade_rows') }} as rows_printed
left join (
    select distinct
        source_id,
        category_code
    from {{ ref('corrections') }}
    where category_code is not null
) as corrections
    on rows_printed.source_id = corrections.source_id
    and rows_printed.category_code = corrections.category_code
