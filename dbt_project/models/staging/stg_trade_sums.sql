-- The rows of trade statistics summed within their file over partners and modes of trade: a row a flow, area, commodity
-- code as printed, period and unit. It is addressed by the first of its rows. What is understood of a sum from here
-- on holds for each of its rows.
{{ config(materialized='by_snapshot') }}
select
    source_id,
    any_value(edition) as edition,
    any_value(published_on) as published_on,
    snapshot_sha256,
    any_value(file_name) as file_name,
    sheet,
    min(row_number) as row_number,
    max(row_number) as last_row_number,
    any_value(column_number) as column_number,
    any_value(cell_column) || cast(min(row_number) as string) as cell,
    alone,
    cast(count(*) as integer) as cells,
    sum(number_printed) as number_printed,
    min(case when alone > 0 then text end) as text,
    unit_label,
    any_value(unit_key) as unit_key,
    period_label,
    area_label,
    any_value(area_key) as area_key,
    any_value(classification) as classification,
    category_code,
    min(category_label) as category_label,
    flow,
    any_value(series_vintage) as series_vintage,
    any_value(obs_status) as obs_status
from {{ ref('stg_trade_rows') }}
group by source_id, snapshot_sha256, sheet, alone, unit_label, period_label, area_label, category_code, flow
