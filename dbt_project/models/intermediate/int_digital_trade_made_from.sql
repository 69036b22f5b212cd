-- What the digital trade index and its weights were made from, as they are known now; or, of an index that is not
-- there, the observations that it lacks.
{{ config(materialized='ephemeral') }}
select
    'digital_trade' as kind,
    {{ number_key('digital_trade', 'parts') }} as key,
    1 as step,
    'contribution' as role,
    'contribution' as input_kind,
    {{ number_key('contribution', 'parts') }} as input_key,
    parts.weight,
    parts.contribution
from {{ ref('idx_digital_trade__contributions') }} as parts

union all

select
    'digital_trade' as kind,
    {{ number_key('digital_trade', 'indices') }} as key,
    1 as step,
    'not there' as role,
    'observation' as input_kind,
    {{ number_key(
        'observation', 'indices', indicator_id='weights.indicator_id', area_code='indices.province_code'
    ) }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
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

select
    'contribution' as kind,
    {{ number_key('contribution', 'parts') }} as key,
    1 as step,
    'value' as role,
    'observation' as input_kind,
    {{ number_key('observation', 'parts', area_code='parts.province_code') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('idx_digital_trade__contributions') }} as parts

union all

select
    'contribution' as kind,
    {{ number_key('contribution', 'parts') }} as key,
    2 as step,
    'weight and range' as role,
    'index_weight' as input_kind,
    {{ number_key('index_weight', 'parts', universe="'province'") }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('idx_digital_trade__contributions') }} as parts

union all

select
    'index_weight' as kind,
    {{ number_key('index_weight', 'weights') }} as key,
    1 as step,
    'entropy' as role,
    'index_entropy' as input_kind,
    {{ number_key('index_entropy', 'members') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('idx_digital_trade__weights') }} as weights
inner join {{ ref('idx_digital_trade__weights') }} as members
    on weights.universe = members.universe
    and weights.variant = members.variant
    and members.weight is not null
    and {{ is_current('members') }}
where weights.weight is not null
    and {{ is_current('weights') }}

union all

select
    'index_entropy' as kind,
    {{ number_key('index_entropy', 'parts', universe="'province'") }} as key,
    1 as step,
    'province-year' as role,
    'observation' as input_kind,
    {{ number_key('observation', 'parts', area_code='parts.province_code') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('idx_digital_trade__contributions') }} as parts
