-- The sums of rows of trade statistics, and the rows that stand alone, with what holds for their sheet. What is
-- understood of a sum from here on holds for each of its rows.
{{ config(materialized='ephemeral') }}
with sums as (

    select
        *,
        false as is_by_code
    from {{ ref('stg_trade_sheet_sums') }}

    union all

    select
        *,
        true as is_by_code
    from {{ ref('stg_trade_code_sums') }}

)

select
    files.source_id,
    files.edition,
    files.published_on,
    files.snapshot_sha256,
    files.file_name,
    files.sheet,
    sums.row_number,
    sums.last_row_number,
    files.column_number,
    files.cell_column || cast(sums.row_number as string) as cell,
    sums.alone,
    sums.cells,
    sums.number_printed,
    sums.text,
    files.unit_label,
    files.unit_key,
    sums.period_label,
    sums.area_label,
    sums.area_key,
    files.classification,
    sums.category_code,
    sums.category_label,
    files.flow,
    files.series_vintage,
    files.obs_status
from sums
inner join {{ source('raw', 'trade_files') }} as files
    on sums.sheet_id = files.sheet_id
left join {{ ref('stg_trade_files_by_code') }} as files_by_code
    on files.snapshot_sha256 = files_by_code.snapshot_sha256
where sums.alone > 0
    or sums.is_by_code = (files_by_code.snapshot_sha256 is not null)
