{# How rows of trade statistics are summed. #}

{# The sums of the rows that are ordinary numbers, within their sheet, by area, period and what is made of their codes
   (`codes`: columns by name), in the order of the rows; a code that a correction is about is in none. `of` is the
   model of the files whose rows are summed. #}
{% macro sums_of_trade_rows(codes, of=none) %}
    select
        rows_printed.sheet_id,
        min(rows_printed.row_number) as row_number,
        max(rows_printed.row_number) as last_row_number,
        cast(count(*) as integer) as cells,
        sum(rows_printed.number) as number_printed,
        rows_printed.period_label,
        rows_printed.area_label,
        {% for name, code in codes.items() -%}
        {{ code }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ source('raw', 'trade_rows') }} as rows_printed
    {{ join_codes_corrected() }}
    where rows_printed.number < 1e15
        and corrected.sheet_id is null
        {% if of -%}
        and rows_printed.snapshot_sha256 in (select of_files.snapshot_sha256 from {{ ref(of) }} as of_files)
        {% endif -%}
    group by
        rows_printed.sheet_id, rows_printed.period_label, rows_printed.area_label, {{ codes.values() | join(', ') }}
{% endmacro %}

{# Beside each row whose code a correction is about that code. #}
{% macro join_codes_corrected() -%}
left join (
        select distinct
            files.sheet_id,
            corrections.category_code
        from {{ ref('corrections') }} as corrections
        inner join {{ source('raw', 'trade_files') }} as files
            on corrections.source_id = files.source_id
        where corrections.category_code is not null
    ) as corrected
        on rows_printed.sheet_id = corrected.sheet_id
        and rows_printed.category_code = corrected.category_code
{%- endmacro %}

{# Each of the `sums` at the first of its rows, `first_rows`, with the code and the label that it has. #}
{% macro sums_at_first_rows(category_code, category_label) -%}
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
    {{ category_code }} as category_code,
    {{ category_label }} as category_label
from sums
inner join (
        select
            sheet_id,
            row_number,
            area_key,
            category_code,
            category_label
        from {{ source('raw', 'trade_rows') }}
    ) as first_rows
    on sums.sheet_id = first_rows.sheet_id
    and sums.row_number = first_rows.row_number
{%- endmacro %}
