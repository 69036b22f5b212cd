-- What each numeric column of the panel of a universe is computed from, one row an input: seeds/panel_inputs, and a
-- column for each variant of EXPY and of the index; what it is called (seeds/panel_names, or as the indicator that it
-- is).
with inputs as (

    select
        universe,
        column_name,
        input_position,
        input_kind,
        input_id,
        formula
    from {{ ref('panel_inputs') }}

    union all

    select
        universes.universe,
        'expy_' || variants.variant as column_name,
        1 as input_position,
        'expy' as input_kind,
        variants.variant as input_id,
        case universes.universe when 'province' then 'ln(EXPY in yuan / 10 000)' else 'ln(EXPY)' end as formula
    from {{ ref('expy_variant') }} as variants
    inner join {{ ref('universes') }} as universes
        on {{ is_variant_of('variants', 'universes.universe') }}

    union all

    select
        universes.universe,
        coalesce(
            variants.panel_column,
            case universes.universe when 'province' then 'dige_' else 'digital_trade_' end || variants.variant
        ) as column_name,
        1 as input_position,
        'digital_trade' as input_kind,
        variants.variant as input_id,
        'index' as formula
    from {{ ref('index_variants') }} as variants
    inner join {{ ref('universes') }} as universes
        on {{ is_variant_of('variants', 'universes.universe') }}

)

select
    inputs.universe,
    inputs.column_name,
    inputs.input_position,
    inputs.input_kind,
    inputs.input_id,
    inputs.formula,
    coalesce(names.name_en, indicators.name_en) as name_en,
    coalesce(names.name_zh, indicators.name_zh) as name_zh
from inputs
left join {{ ref('panel_names') }} as names
    on inputs.column_name = names.column_name
left join {{ ref('indicators') }} as indicators
    on inputs.input_id = indicators.indicator_id
    and inputs.formula = 'x'
