-- The cell of each value ever published, and of each usable export value: text as printed, where it stands, and what
-- made a number of it, value = number_printed * factor, and times cny_per_usd where a currency is named. Rows of trade
-- statistics are here as the sums of them, each at the cell of its first row; raw.trade_rows of a release has the rows.
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
    cny_per_usd,
    1 as cells,
    cast(null as integer) as last_row_number
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
    cny_per_usd,
    cells,
    last_row_number
from {{ ref('int_export_cells') }}
