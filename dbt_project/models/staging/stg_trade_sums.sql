-- The rows of trade statistics summed within their file over partners and modes of trade: a row a flow, area, commodity
-- code as printed, period and unit. It is addressed by the first of its rows. What is understood of a sum from here
-- on holds for each of its rows.
{{ config(materialized='by_snapshot') }}
select
    source_id,
    edition,
    published_on,
    snapshot_sha256,
    file_name,
    sheet,
    min(row_number) as row_number,
    max(row_number) as last_row_number,
    min(column_number) as column_number,
    min(cell_column) || cast(min(row_number) as string) as cell,
    alone,
    cast(count(*) as integer) as cells,
    sum(number_printed) as number_printed,
    case when alone > 0 then min(text) end as text,
    unit_label,
    min(unit_key) as unit_key,
    period_label,
    area_label,
    min(area_key) as area_key,
    classification,
    category_code,
    min(category_label) as category_label,
    flow,
    min(series_vintage) as series_vintage,
    min(obs_status) as obs_status
from {{ ref('stg_trade_rows') }}
group by
    source_id, edition, published_on, snapshot_sha256, file_name, sheet, alone, unit_label, period_label, area_label,
    classification, category_code, flow
