-- What each numeric column of the panel of a universe is computed from, one row an input: seeds/panel_inputs, and a
-- column for each variant of EXPY and of the index.
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
from {{ ref('expy_variants') }} as variants
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
