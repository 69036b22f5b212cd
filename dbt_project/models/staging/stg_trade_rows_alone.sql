-- The rows of trade statistics that stand alone, in no sum, each with its number: those whose text is no ordinary
-- number (nothing, a mark, a sign, a unit) or one beyond 1e15, up to where a double is every whole number, and those
-- whose code a correction is about. Texts are read of the former alone.
{{ config(materialized='view') }}
{%- set columns = [
    'snapshot_sha256', 'sheet_id', 'row_number', 'text', 'period_label', 'area_label', 'area_key', 'category_code',
    'category_label'
] %}
select
    {{ columns | join(',\n    ') }},
    coalesce(number, {{ printed_number(plain_text('text')) }}) as number_printed
from {{ source('raw', 'trade_rows') }}
where (number is null or number >= 1e15)
    and {{ is_of_snapshot_asked_for() }}

union all

select
    {% for column in columns -%}
    rows_printed.{{ column }},
    {% endfor -%}
    rows_printed.number as number_printed
from {{ source('raw', 'trade_rows') }} as rows_printed
inner join (
    select distinct
        source_id,
        category_code
    from {{ ref('corrections') }}
) as corrected
    on rows_printed.source_id = corrected.source_id
    and rows_printed.category_code = corrected.category_code
where rows_printed.number < 1e15
    and {{ is_of_snapshot_asked_for() }}
