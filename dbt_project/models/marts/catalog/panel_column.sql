-- What each numeric column of the panel is computed from, one row an input: seeds/panel_inputs, and a column for each
-- variant of EXPY and of the index.
select
    column_name,
    input_position,
    input_kind,
    input_id,
    formula
from {{ ref('panel_inputs') }}

union all

select
    'expy_' || variant as column_name,
    1 as input_position,
    'expy' as input_kind,
    variant as input_id,
    'ln(EXPY in yuan / 10 000)' as formula
from {{ ref('expy_variants') }}

union all

select
    'dige_' || variant as column_name,
    1 as input_position,
    'digital_trade' as input_kind,
    variant as input_id,
    'index' as formula
from {{ ref('index_variants') }}
