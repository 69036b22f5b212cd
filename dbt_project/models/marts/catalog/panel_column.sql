-- What each numeric column of the panel is computed from, one row an input.
select
    column_name,
    input_position,
    input_kind,
    input_id,
    formula
from {{ ref('panel_inputs') }}
