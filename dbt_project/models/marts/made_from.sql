{%- set columns = ['kind', 'key', 'step', 'role', 'input_kind', 'input_key', 'weight', 'contribution'] -%}
{%- set of_one_input_a_step -%}
kind in ('{{ number_kinds() | selectattr('one_input_a_step') | map(attribute='kind') | join("', '") }}')
{%- endset -%}
-- What every number of the marts was made from, one step down, as it is known now: a row an input, down to the
-- printed cells. Where a number is a weighted sum, weight times the value of the input is its contribution, and the
-- contributions add up to the number; elsewhere both are NULL, and catalog.number_kind says the formula.
with panel_cells as (

    select
        panel_column.column_name,
        panel.province_code,
        panel.year,
        panel_column.input_position as step,
        panel_column.input_kind,
        panel_column.input_id,
        -- a column that is another number, not computed from it
        case when panel_column.formula in ('x', 'index', 'EXPY') then cast(1 as double) end as weight,
        -- a row without EXPY lacks that of the classification which the panel takes
        coalesce(max(panel.expy_classification) over (), 'hs_section_12') as classification
    from {{ ref('panel__province_year') }} as panel
    inner join {{ ref('panel_column') }} as panel_column
        on panel_column.universe = 'province'
    where {{ is_current('panel') }}

),

panel_inputs as (

    select
        panel_cells.*,
        'index' as role,
        {{ number_key('digital_trade', 'panel_cells', variant='panel_cells.input_id') }} as input_key,
        indices.digital_trade_index as input_value
    from panel_cells
    left join {{ ref('idx_digital_trade__province_year') }} as indices
        on panel_cells.input_id = indices.variant
        and panel_cells.province_code = indices.province_code
        and panel_cells.year = indices.year
        and {{ is_current('indices') }}
    where panel_cells.input_kind = 'digital_trade'

    union all

    select
        panel_cells.*,
        'EXPY' as role,
        {{ number_key('expy', 'panel_cells', variant='panel_cells.input_id') }} as input_key,
        expy.expy_yuan as input_value
    from panel_cells
    left join {{ ref('idx_expy__province_year') }} as expy
        on panel_cells.input_id = expy.variant
        and panel_cells.classification = expy.classification
        and panel_cells.province_code = expy.province_code
        and panel_cells.year = expy.year
        and {{ is_current('expy') }}
    where panel_cells.input_kind = 'expy'

    union all

    select
        panel_cells.*,
        'x' || cast(panel_cells.step as string) as role,
        {{ number_key(
            'observation', 'panel_cells', indicator_id='panel_cells.input_id', area_code='panel_cells.province_code'
        ) }} as input_key,
        observations.value as input_value
    from panel_cells
    left join {{ ref('fct_observation') }} as observations
        on panel_cells.input_id = observations.indicator_id
        and panel_cells.province_code = observations.area_code
        and panel_cells.year = observations.year
        and {{ is_current('observations') }}
    where panel_cells.input_kind = 'observation'

    union all

    select
        panel_cells.*,
        panel_cells.input_kind as role,
        {{ number_key('income', 'panel_cells', area_code='panel_cells.province_code') }} as input_key,
        cast(null as double) as input_value
    from panel_cells
    where panel_cells.input_kind in ('income', 'price_level')

    union all

    select
        panel_cells.*,
        'observation' as role,
        {{ number_key('observation', 'observations') }} as input_key,
        observations.value as input_value
    from panel_cells
    inner join {{ ref('fct_observation') }} as observations
        on panel_cells.province_code = observations.area_code
        and panel_cells.year = observations.year
        and observations.value is not null
        and {{ is_current('observations') }}
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id
        and indicators.study_role in ('index', 'control')
    where panel_cells.input_kind = 'observations'

),

inputs as (

    {% for part in ['observations', 'sophistication', 'digital_trade', 'value_chains'] -%}
    select {{ columns | join(', ') }} from {{ ref('int_' ~ part ~ '_made_from') }}
    union all
    {% endfor -%}
    select
        'panel' as kind,
        {{ number_key('panel', 'panel_inputs') }} as key,
        panel_inputs.step,
        panel_inputs.role,
        case when panel_inputs.input_kind = 'observations' then 'observation' else panel_inputs.input_kind end
            as input_kind,
        panel_inputs.input_key,
        panel_inputs.weight,
        panel_inputs.weight * panel_inputs.input_value as contribution
    from panel_inputs

),

-- an input that is alone at its step stands at the place of the step
placed as (

    select
        inputs.*,
        inputs.step as input_position
    from inputs
    where {{ of_one_input_a_step }}

    union all

    select
        inputs.*,
        row_number() over (
            partition by inputs.kind, inputs.key
            order by inputs.step, inputs.contribution desc nulls last, inputs.input_key
        ) as input_position
    from inputs
    where not {{ of_one_input_a_step }}

)

select
    kind,
    key,
    cast(input_position as integer) as input_position,
    role,
    input_kind,
    input_key,
    weight,
    contribution
from placed
