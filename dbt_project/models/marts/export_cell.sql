-- Every cell that an export value of now was summed from: text as printed, and what made a number of it.
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
from {{ ref('int_export_cells_counted') }} as cells
inner join {{ ref('product_categories') }} as product_categories
    on cells.classification = product_categories.classification
    and cells.category_code = product_categories.category_code
inner join {{ ref('int_universe_areas') }} as areas
    on cells.area_code = areas.area_code
    and areas.universe = 'province'
where {{ is_current('cells') }}
