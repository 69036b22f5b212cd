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
inner join {{ ref('int_export_cells') }} as cells
    on exports.classification = cells.classification
    and exports.category_code = cells.category_code
    and exports.province_code = cells.area_code
    and exports.year = cells.year
left join {{ ref('int_export_periods_customs') }} as periods
    on cells.period_label = periods.period_label
    and cells.published_on = periods.published_on
    and {{ is_newest_vintage('periods') }}
-- of the customs statistics the newest edition of each period, of the input-output tables the cell that was chosen
where (cells.classification = 'hs_section_12' and periods.period_label is not null)
    or (exports.snapshot_sha256 = cells.snapshot_sha256 and exports.locator = cells.locator)

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
inner join {{ ref('fct_observation') }} as links
    on income.area_code = links.area_code
    and links.indicator_id = 'cpi'
    and (links.year > income.year or links.year > income.price_base_year)
    and (links.year <= income.year or links.year <= income.price_base_year)

union all

select
    'income' as kind,
    {{ number_key('income', 'income') }} as key,
    1 as step,
    'GDP per capita' as role,
    'observation' as input_kind,
    {{ number_key('observation', 'income', indicator_id="'gdp_per_capita'") }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('fct_income__area_year') }} as income

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
    and annual.year between {{ var('sample_start') }} and {{ var('sample_end') }}
where fixed.variant = 'fixed_prody'

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

-- a variant without a PRODY of its own starts from that of the year
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
left join {{ ref('idx_prody__category_year') }} as prody
    on parts.variant = prody.variant
    and parts.classification = prody.classification
    and parts.category_code = prody.category_code
    and parts.year = prody.year

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
where parts.variant = 'leave_one_out'

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
