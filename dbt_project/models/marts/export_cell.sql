{%- set printed = [
    'edition', 'file_name', 'sheet', 'cell', 'row_number', 'column_number', 'locator', 'table_title', 'area_label',
    'period_label', 'category_code', 'category_label', 'text', 'unit_label', 'number_printed', 'factor', 'currency'
] -%}
-- Every cell that an export value was summed from: text as printed, and what made a number of it.
with cells as (

    select
        'io42_manufacturing_17' as classification,
        cells.category_code as export_category_code,
        cells.area_code,
        cells.year,
        cells.amount as export_value,
        cells.source_id,
        cells.published_on,
        cells.snapshot_sha256,
        {% for column in printed -%}
        cells.{{ column }},
        {% endfor -%}
        cast(null as double) as cny_per_usd
    from {{ ref('stg_io_tables__exports') }} as cells
    inner join {{ ref('fct_export__province_category_year') }} as exports
        on cells.source_id = exports.source_id
        and cells.snapshot_sha256 = exports.snapshot_sha256
        and cells.locator = exports.locator

    union all

    select
        'hs_section_12' as classification,
        cells.section_code as export_category_code,
        cells.area_code,
        cells.year,
        cells.export_value,
        cells.source_id,
        cells.published_on,
        cells.snapshot_sha256,
        {% for column in printed -%}
        cells.{{ column }},
        {% endfor -%}
        cells.cny_per_usd
    from {{ ref('int_export_cells_customs') }} as cells
    inner join {{ ref('int_export_periods_customs') }} as periods
        on cells.period_label = periods.period_label
        and cells.published_on = periods.published_on
        and {{ is_newest_vintage('periods') }}

)

select
    cells.classification,
    cells.export_category_code as category_code,
    cells.area_code as province_code,
    cells.year,
    cells.export_value as export_value_cny_10k,
    cells.source_id,
    cells.edition,
    cells.published_on,
    cells.file_name,
    cells.sheet,
    cells.cell,
    cells.row_number,
    cells.column_number,
    cells.locator,
    cells.table_title,
    cells.area_label,
    cells.period_label,
    cells.category_code as printed_code,
    cells.category_label as printed_label,
    cells.text,
    cells.unit_label,
    cells.number_printed,
    cells.factor,
    cells.currency,
    cells.cny_per_usd,
    cells.snapshot_sha256
from cells
inner join {{ ref('product_categories') }} as product_categories
    on cells.classification = product_categories.classification
    and cells.export_category_code = product_categories.category_code
inner join {{ ref('provinces') }} as provinces
    on cells.area_code = provinces.province_code
