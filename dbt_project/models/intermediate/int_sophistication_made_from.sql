-- What exports, incomes, PRODY and EXPY were made from, as they are known now. Weights and contributions are those of
-- the marts that compute them.
{{ config(materialized='ephemeral') }}
select
    'exports' as kind,
    {{ number_key('exports', 'exports') }} as key,
    1 as step,
    'cell' as role,
    'cell' as input_kind,
    {{ number_key('cell', 'cells') }} as input_key,
    cast(1 as double) as weight,
    cells.export_value as contribution
from {{ ref('fct_export__province_category_year') }} as exports
inner join {{ ref('int_export_cells_counted') }} as cells
    on exports.classification = cells.classification
    and exports.category_code = cells.category_code
    and exports.province_code = cells.area_code
    and exports.year = cells.year
    and {{ is_current('cells') }}

union all

select
    'price_level' as kind,
    {{ number_key('price_level', 'income') }} as key,
    links.year as step,
    'link' as role,
    'observation' as input_kind,
    {{ number_key('observation', 'links') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
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

select
    'income' as kind,
    {{ number_key('income', 'income') }} as key,
    1 as step,
    'GDP per capita' as role,
    'observation' as input_kind,
    {{ number_key('observation', 'income', indicator_id='universes.income_indicator_id') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('fct_income__area_year') }} as income
inner join {{ ref('universes') }} as universes
    on universes.universe = 'province'

union all

select
    'income' as kind,
    {{ number_key('income', 'income') }} as key,
    2 as step,
    'price level' as role,
    'price_level' as input_kind,
    {{ number_key('price_level', 'income') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('fct_income__area_year') }} as income

union all

select
    'exporter' as kind,
    {{ number_key('exporter', 'parts') }} as key,
    1 as step,
    'income' as role,
    'income' as input_kind,
    {{ number_key('income', 'parts', area_code='parts.province_code') }} as input_key,
    cast(1 as double) as weight,
    parts.income_yuan as contribution
from {{ ref('idx_prody__contributions') }} as parts

union all

select
    'exporter' as kind,
    {{ number_key('exporter', 'parts') }} as key,
    2 as step,
    'weight' as role,
    'exports' as input_kind,
    {{ number_key('exports', 'parts') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('idx_prody__contributions') }} as parts

union all

select
    'prody' as kind,
    {{ number_key('prody', 'parts', variant="'annual'") }} as key,
    1 as step,
    'exporter' as role,
    'exporter' as input_kind,
    {{ number_key('exporter', 'parts') }} as input_key,
    parts.weight,
    parts.contribution_yuan as contribution
from {{ ref('idx_prody__contributions') }} as parts
where parts.weight > 0

union all

select
    'prody' as kind,
    {{ number_key('prody', 'fixed') }} as key,
    annual.year as step,
    'year' as role,
    'prody' as input_kind,
    {{ number_key('prody', 'annual') }} as input_key,
    cast(1 as double) / count(*) over (
        partition by fixed.classification, fixed.category_code, fixed.year
    ) as weight,
    annual.prody_yuan / count(*) over (
        partition by fixed.classification, fixed.category_code, fixed.year
    ) as contribution
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

union all

-- an input that nobody exports has no PRODY: that of the category stands in
select
    'prody' as kind,
    {{ number_key('prody', 'parts', variant="'domestic_content'") }} as key,
    1 as step,
    'input' as role,
    'prody' as input_kind,
    {{ number_key(
        'prody', 'parts', variant="'annual'",
        category_code='case when parts.input_prody_yuan is null then parts.category_code '
            ~ 'else parts.input_category_code end'
    ) }} as input_key,
    parts.domestic_weight as weight,
    parts.contribution_yuan as contribution
from {{ ref('idx_domestic_content__contributions') }} as parts

union all

select
    'category' as kind,
    {{ number_key('category', 'parts') }} as key,
    1 as step,
    'share' as role,
    'exports' as input_kind,
    {{ number_key('exports', 'parts') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('idx_expy__contributions') }} as parts

union all

-- without the area's own row: the PRODY of all, and the row that is left out of it
select
    'category' as kind,
    {{ number_key('category', 'parts') }} as key,
    2 as step,
    'PRODY' as role,
    'prody' as input_kind,
    {{ number_key('prody', 'parts', variant="coalesce(prody.variant, 'annual')") }} as input_key,
    case when prody.variant is not null then cast(1 as double) end as weight,
    prody.prody_yuan as contribution
from {{ ref('idx_expy__contributions') }} as parts
inner join {{ ref('expy_variants') }} as variants
    on parts.variant = variants.variant
left join {{ ref('idx_prody__category_year') }} as prody
    on variants.prody_variant = prody.variant
    and parts.classification = prody.classification
    and parts.category_code = prody.category_code
    and parts.year = prody.year
    and {{ is_current('prody') }}

union all

select
    'category' as kind,
    {{ number_key('category', 'parts') }} as key,
    3 as step,
    'left out' as role,
    'exporter' as input_kind,
    {{ number_key('exporter', 'parts') }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('idx_expy__contributions') }} as parts
inner join {{ ref('expy_variants') }} as variants
    on parts.variant = variants.variant
    and variants.prody_variant = 'leave_one_out'

union all

select
    'expy' as kind,
    {{ number_key('expy', 'parts') }} as key,
    1 as step,
    'category' as role,
    'category' as input_kind,
    {{ number_key('category', 'parts') }} as input_key,
    parts.share as weight,
    parts.contribution_yuan as contribution
from {{ ref('idx_expy__contributions') }} as parts
