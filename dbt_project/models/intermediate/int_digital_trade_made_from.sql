-- What the digital trade index and its weights were made from, as they are known now; or, of an index that is not
-- there, the observations that it lacks.
{{ config(materialized='ephemeral') }}
{{ number_input(
    'digital_trade', 'parts', 'contribution', 'contribution', 'parts',
    weight='parts.weight',
    contribution='parts.contribution'
) }}
from {{ ref('idx_digital_trade__contributions') }} as parts

union all

{{ number_input(
    'digital_trade', 'indices', 'not there', 'observation', 'indices',
    input_key={'indicator_id': 'weights.indicator_id', 'area_code': 'indices.province_code'}
) }}
from {{ ref('idx_digital_trade__province_year') }} as indices
inner join {{ ref('idx_digital_trade__weights') }} as weights
    on indices.variant = weights.variant
    and weights.weight is not null
    and weights.universe = 'province'
    and {{ is_current('weights') }}
left join {{ ref('fct_observation') }} as known
    on weights.indicator_id = known.indicator_id
    and indices.province_code = known.area_code
    and indices.year = known.year
    and {{ is_current('known') }}
where indices.digital_trade_index is null
    and known.value is null
    and {{ is_current('indices') }}

union all

{{ number_input(
    'contribution', 'parts', 'value', 'observation', 'parts',
    input_key={'area_code': 'parts.province_code'}
) }}
from {{ ref('idx_digital_trade__contributions') }} as parts

union all

{{ number_input(
    'contribution', 'parts', 'weight and range', 'index_weight', 'parts',
    step='2',
    input_key={'universe': "'province'"}
) }}
from {{ ref('idx_digital_trade__contributions') }} as parts

union all

{{ number_input('index_weight', 'weights', 'entropy', 'index_entropy', 'members') }}
from {{ ref('idx_digital_trade__weights') }} as weights
inner join {{ ref('idx_digital_trade__weights') }} as members
    on weights.universe = members.universe
    and weights.variant = members.variant
    and members.weight is not null
    and {{ is_current('members') }}
where weights.weight is not null
    and {{ is_current('weights') }}

union all

{{ number_input(
    'index_entropy', 'parts', 'province-year', 'observation', 'parts',
    key={'universe': "'province'"},
    input_key={'area_code': 'parts.province_code'}
) }}
from {{ ref('idx_digital_trade__contributions') }} as parts
