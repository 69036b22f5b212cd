-- Every cell that an export value was summed from: text as printed, and what made a number of it.
with cells as (

    select cells.*
    from {{ ref('int_export_cells') }} as cells
    inner join {{ ref('fct_export__province_category_year') }} as exports
        on cells.source_id = exports.source_id
        and cells.snapshot_sha256 = exports.snapshot_sha256
        and cells.locator = exports.locator
    where cells.classification = 'io42_manufacturing_17'

    union all

    select cells.*
    from {{ ref('int_export_cells') }} as cells
    inner join {{ ref('int_export_periods_customs') }} as periods
        on cells.period_label = periods.period_label
        and cells.published_on = periods.published_on
        and {{ is_newest_vintage('periods') }}
    where cells.classification = 'hs_section_12'

)

select
    cells.classification,
    cells.category_code,
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
    cells.printed_code,
    cells.printed_label,
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
    and cells.category_code = product_categories.category_code
inner join {{ ref('provinces') }} as provinces
    on cells.area_code = provinces.province_code
