-- The cell of each value ever published, and of each usable export value: text as printed, where it stands, and what
-- made a number of it, value = number_printed * factor, and times cny_per_usd where a currency is named.
{%- set printed = [
    'edition', 'published_on', 'file_name', 'sheet', 'cell', 'row_number', 'column_number', 'table_title',
    'area_label', 'text', 'unit_label', 'number_printed', 'factor', 'currency'
] %}
select
    source_id,
    snapshot_sha256,
    locator,
    indicator_id,
    cast(null as string) as classification,
    cast(null as string) as category_code,
    area_code,
    year,
    cast(null as string) as period_label,
    value,
    missing_reason,
    indicator_label,
    cast(null as string) as printed_code,
    cast(null as string) as printed_label,
    {% for column in printed -%}
    {{ column }},
    {% endfor -%}
    cny_per_usd
from {{ ref('int_observations_published') }}

union all

select
    source_id,
    snapshot_sha256,
    locator,
    cast(null as string) as indicator_id,
    classification,
    category_code,
    area_code,
    year,
    period_label,
    export_value as value,
    cast(null as string) as missing_reason,
    cast(null as string) as indicator_label,
    printed_code,
    printed_label,
    {% for column in printed -%}
    {{ column }},
    {% endfor -%}
    cny_per_usd
from {{ ref('int_export_rows') }}
