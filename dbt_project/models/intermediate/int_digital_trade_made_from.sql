{%- set kinds = [
    ('province', 'digital_trade', 'contribution', 'idx_digital_trade__province_year', 'province_code'),
    ('country', 'country_digital_trade', 'country_contribution', 'idx_digital_trade__country_year', 'area_code')
] -%}
-- What the digital trade index and its weights were made from, as they are known now; or, of an index that is not
-- there, the observations that it lacks.
{{ config(materialized='ephemeral') }}
{% for universe, index_kind, contribution_kind, index_table, area_column in kinds -%}
{{ number_input(
    index_kind, 'parts', 'contribution', contribution_kind, 'parts',
    weight='parts.weight',
    contribution='parts.contribution'
) }}
from {{ ref('idx_digital_trade__contributions') }} as parts
where parts.universe = '{{ universe }}'

union all

{{ number_input(
    index_kind, 'indices', 'not there', 'observation', 'indices',
    input_key={'indicator_id': 'weights.indicator_id', 'area_code': 'indices.' ~ area_column}
) }}
from {{ ref(index_table) }} as indices
inner join {{ ref('idx_digital_trade__weights') }} as weights
    on indices.variant = weights.variant
    and weights.weight is not null
    and weights.universe = '{{ universe }}'
    and {{ is_current('weights') }}
left join {{ ref('fct_observation') }} as known
    on weights.indicator_id = known.indicator_id
    and indices.{{ area_column }} = known.area_code
    and indices.year = known.year
    and {{ is_current('known') }}
where indices.digital_trade_index is null
    and known.value is null
    and {{ is_current('indices') }}
    -- of an economy of which nothing is known there is nothing to say
    and (
        '{{ universe }}' = 'province'
        or indices.{{ area_column }} in (
            select observations.area_code from {{ ref('int_index_observations') }} as observations
            where observations.universe = '{{ universe }}'
        )
    )

union all

{{ number_input(contribution_kind, 'parts', 'value', 'observation', 'parts') }}
from {{ ref('idx_digital_trade__contributions') }} as parts
where parts.universe = '{{ universe }}'

union all

{{ number_input(contribution_kind, 'parts', 'weight and range', 'index_weight', 'parts', step='2') }}
from {{ ref('idx_digital_trade__contributions') }} as parts
where parts.universe = '{{ universe }}'

union all

{% endfor -%}
{{ number_input('index_entropy', 'parts', "' || parts.universe || '-year", 'observation', 'parts') }}
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
