-- What exports, incomes, PRODY and EXPY were made from, as they are known now. Weights and contributions are those of
-- the marts that compute them.
{{ config(materialized='ephemeral') }}
{{ number_input(
    'exports', 'exports', 'cell', 'cell', 'counted',
    weight='cast(1 as double)',
    contribution='counted.export_value'
) }}
from {{ ref('fct_export__province_category_year') }} as exports
inner join {{ ref('int_export_cells_counted') }} as counted
    on exports.classification = counted.classification
    and exports.category_code = counted.category_code
    and exports.province_code = counted.area_code
    and exports.year = counted.year
    and {{ is_current('counted') }}

union all

{{ number_input('price_level', 'income', 'link', 'observation', 'links', step='links.year') }}
from {{ ref('fct_income__area_year') }} as income
cross join {{ ref('universes') }} as universes
inner join {{ ref('fct_observation') }} as links
    on income.area_code = links.area_code
    and universes.deflate_by = links.indicator_id
    and {{ is_current('links') }}
    and (income.year < links.year or income.price_base_year < links.year)
    and (income.year >= links.year or income.price_base_year >= links.year)
where universes.universe = 'province'

union all

{{ number_input(
    'income', 'income', 'GDP per capita', 'observation', 'income',
    input_key={'indicator_id': 'universes.income_indicator_id'}
) }}
from {{ ref('fct_income__area_year') }} as income
inner join {{ ref('universes') }} as universes
    on universes.universe = 'province'

union all

{{ number_input('income', 'income', 'price level', 'price_level', 'income', step='2') }}
from {{ ref('fct_income__area_year') }} as income

union all

{{ number_input(
    'exporter', 'parts', 'income', 'income', 'parts',
    input_key={'area_code': 'parts.province_code'},
    weight='cast(1 as double)',
    contribution='parts.income_yuan'
) }}
from {{ ref('idx_prody__contributions') }} as parts

union all

{{ number_input('exporter', 'parts', 'weight', 'exports', 'parts', step='2') }}
from {{ ref('idx_prody__contributions') }} as parts

union all

{{ number_input(
    'prody', 'parts', 'exporter', 'exporter', 'parts',
    key={'variant': "'annual'"},
    weight='parts.weight',
    contribution='parts.contribution_yuan'
) }}
from {{ ref('idx_prody__contributions') }} as parts
where parts.weight > 0

union all

{{ number_input(
    'prody', 'fixed', 'year', 'prody', 'annual',
    step='annual.year',
    weight='cast(1 as double) / count(*) over same_number',
    contribution='annual.prody_yuan / count(*) over same_number'
) }}
from {{ ref('idx_prody__category_year') }} as fixed
inner join {{ ref('idx_prody__category_year') }} as annual
    on fixed.classification = annual.classification
    and fixed.category_code = annual.category_code
    and annual.variant = 'annual'
    and annual.prody_yuan is not null
    and {{ is_current('annual') }}
inner join {{ ref('int_sample_years') }} as sample_years
    on annual.year = sample_years.year
    and sample_years.universe = 'province'
where fixed.variant = 'fixed_prody'
    and {{ is_current('fixed') }}
window same_number as (partition by fixed.classification, fixed.category_code, fixed.year)

union all

-- an input that nobody exports has no PRODY: that of the category stands in
{{ number_input(
    'prody', 'parts', 'input', 'prody', 'parts',
    key={'variant': "'domestic_content'"},
    input_key={
        'variant': "'annual'",
        'category_code': 'case when parts.input_prody_yuan is null then parts.category_code '
            ~ 'else parts.input_category_code end'
    },
    weight='parts.domestic_weight',
    contribution='parts.contribution_yuan'
) }}
from {{ ref('idx_domestic_content__contributions') }} as parts

union all

{{ number_input('category', 'parts', 'share', 'exports', 'parts') }}
from {{ ref('idx_expy__contributions') }} as parts

union all

-- without the area's own row: the PRODY of all, and the row that is left out of it
{{ number_input(
    'category', 'parts', 'PRODY', 'prody', 'parts',
    step='2',
    input_key={'variant': "coalesce(prody.variant, 'annual')"},
    weight='case when prody.variant is not null then cast(1 as double) end',
    contribution='prody.prody_yuan'
) }}
from {{ ref('idx_expy__contributions') }} as parts
left join {{ ref('idx_prody__category_year') }} as prody
    on parts.variant = prody.variant
    and parts.classification = prody.classification
    and parts.category_code = prody.category_code
    and parts.year = prody.year
    and {{ is_current('prody') }}

union all

{{ number_input('category', 'parts', 'left out', 'exporter', 'parts', step='3') }}
from {{ ref('idx_expy__contributions') }} as parts
where parts.variant = 'leave_one_out'

union all

{{ number_input(
    'expy', 'parts', 'category', 'category', 'parts',
    weight='parts.share',
    contribution='parts.contribution_yuan'
) }}
from {{ ref('idx_expy__contributions') }} as parts
