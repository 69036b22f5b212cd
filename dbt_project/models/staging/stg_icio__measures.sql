{{ config(materialized='view') }}
-- Measures of inter-country tables that are in force, each with its edition. China is 100000 as everywhere.
with tables as (

    select
        snapshot_sha256,
        table_name,
        table_edition,
        year,
        published_on,
        table_gap
    from {{ ref('stg_icio__tables') }}
    where part = 'cells'
        and reason is null

)

select
    tables.table_edition,
    tables.published_on,
    measured.snapshot_sha256,
    tables.year,
    tables.table_gap,
    measured.grain,
    measured.industry_code,
    measured.measure,
    measured.value,
    measured.reason,
    {{ area_of_table('measured.area_code') }} as area_code,
    {{ area_of_table('measured.partner_code') }} as partner_code
from {{ source('raw', 'value_chains') }} as measured
inner join tables
    on measured.snapshot_sha256 = tables.snapshot_sha256
    and measured.table_name = tables.table_name
