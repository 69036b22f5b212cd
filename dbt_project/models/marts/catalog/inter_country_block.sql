-- The economies of every inter-country table, each with the blocks of rows and columns that are its own.
select
    table_edition,
    year,
    {{ area_of_table('code') }} as area_code,
    source_id,
    edition,
    file_name,
    table_name,
    published_on,
    snapshot_sha256,
    rows as row_block,
    columns as column_block,
    final_columns as final_block,
    industries,
    printed_output,
    counted_in,
    table_gap
from {{ ref('stg_icio__tables') }}
where part = 'economy'
