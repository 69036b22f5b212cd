-- The rows of trade statistics summed as in stg_trade_sheet_sums, but by code as printed, of the files in which the
-- models have to tell the codes of a chapter apart (stg_trade_files_by_code), with the labels of the first row.
{{ config(materialized='by_snapshot', snapshots='stg_trade_files_by_code') }}
with sums as (

    {{ sums_of_trade_rows({'category_code': 'rows_printed.category_code'}, of='stg_trade_files_by_code') }}

)

{{ sums_at_first_rows('sums.category_code', 'first_rows.category_label') }}
