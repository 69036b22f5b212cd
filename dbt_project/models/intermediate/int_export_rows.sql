-- The usable export cells of int_export_cells one by one as they are printed: the rows of each sum of trade statistics,
-- and what stands for itself. A row is understood as the sum that it is in (its locator: that of the sum's first row).
{{ config(materialized='view') }}
select
    classification,
    category_code,
    area_code,
    year,
    period_label,
    export_value,
    source_id,
    edition,
    published_on,
    series_vintage,
    snapshot_sha256,
    file_name,
    sheet,
    cell,
    row_number,
    column_number,
    locator,
    table_title,
    area_label,
    printed_code,
    printed_label,
    text,
    unit_label,
    number_printed,
    factor,
    currency,
    cny_per_usd,
    locator as locator_of_sum
from {{ ref('int_export_cells') }}
where coalesce(alone, 1) > 0

union all

select
    sums.classification,
    sums.category_code,
    sums.area_code,
    sums.year,
    sums.period_label,
    {{ in_standard_unit('rows_printed.number_printed', 'sums.factor', 'sums.currency', 'sums.cny_per_usd') }}
        as export_value,
    sums.source_id,
    sums.edition,
    sums.published_on,
    sums.series_vintage,
    sums.snapshot_sha256,
    sums.file_name,
    sums.sheet,
    rows_printed.cell_column || cast(rows_printed.row_number as string) as cell,
    rows_printed.row_number,
    rows_printed.column_number,
    {{ cell_address('sums.sheet', 'rows_printed.cell_column || cast(rows_printed.row_number as string)') }} as locator,
    sums.table_title,
    sums.area_label,
    sums.printed_code,
    rows_printed.category_label as printed_label,
    rows_printed.text,
    sums.unit_label,
    rows_printed.number_printed,
    sums.factor,
    sums.currency,
    sums.cny_per_usd,
    sums.locator as locator_of_sum
from {{ ref('int_export_cells') }} as sums
inner join {{ ref('stg_trade_rows') }} as rows_printed
    on sums.source_id = rows_printed.source_id
    and sums.snapshot_sha256 = rows_printed.snapshot_sha256
    and coalesce(sums.sheet, '') = coalesce(rows_printed.sheet, '')
    and sums.alone = rows_printed.alone
    and sums.unit_label = rows_printed.unit_label
    and sums.period_printed = rows_printed.period_label
    and sums.area_label = rows_printed.area_label
    and sums.printed_code = rows_printed.category_code
where sums.alone = 0
    and rows_printed.flow = 'export'
