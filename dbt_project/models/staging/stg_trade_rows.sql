-- The rows of trade statistics with their number. A row stands alone, and in no sum, where its text is more or less
-- than digits with points and commas (nothing, a mark, a sign, a unit), and where a correction is about its code.
{{ config(materialized='view') }}
with marked as (

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
        corrections.category_code is not null as has_correction,
        translate(rows_printed.text, '0123456789', '') as marks
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

),

numbered as (

    select
        *,
        {{ number_of_a_row('text', 'marks') }} as number_printed
    from marked

)

select
    *,
    case
        when has_correction
            or number_printed is null
            or number_printed >= 1e15
            or translate(marks, '.,', '') <> ''
            then row_number
        else 0
    end as alone
from numbered
