{%- set depreciation = 0.15 -%}
-- What inter-country tables say of economies at any time, one row a measure: those of the table as they are, and what
-- trade means for an economy (docs/value_chains.md, mechanisms). One edition stands for all years: the one that covers
-- most years of the sample, the newest of several; editions never make one series.
with editions as (

    select
        measured.table_edition,
        measured.published_on,
        count(distinct sample_years.year) as years
    from {{ ref('idx_value_chain__country_year') }} as measured
    left join {{ ref('int_sample_years') }} as sample_years
        on measured.year = sample_years.year
        and sample_years.universe = 'country'
    group by measured.table_edition, measured.published_on

),

ranked as (

    select
        dates.published_on as known_from,
        editions.table_edition,
        row_number() over (
            partition by dates.published_on
            order by editions.years desc, editions.published_on desc, editions.table_edition
        ) as place
    from (
        select distinct editions_of_then.published_on
        from editions as editions_of_then
    ) as dates
    inner join editions
        on dates.published_on >= editions.published_on

),

firsts as (

    select
        table_edition,
        known_from,
        lag(table_edition) over (order by known_from) as edition_before
    from ranked
    where place = 1

),

chosen as (

    select
        table_edition,
        known_from,
        lead(known_from) over (order by known_from) as known_to
    from firsts
    where table_edition is distinct from edition_before

),

partners as (

    select
        partner.*,
        chosen.known_from,
        chosen.known_to
    from {{ ref('idx_value_chain__country_partner_year') }} as partner
    inner join chosen
        on partner.table_edition = chosen.table_edition

),

countries as (

    select
        country.*,
        chosen.known_from,
        chosen.known_to
    from {{ ref('idx_value_chain__country_year') }} as country
    inner join chosen
        on country.table_edition = chosen.table_edition
    where country.area_code <> 'ROW'

),

-- R&D in million dollars of one year, and the stock of it by the perpetual inventory: S(t) = 0.85 S(t-1) + R(t), at
-- first R / (g + 0.15) with g the mean growth of R (Coe and Helpman 1995). A gap ends the stock.
research as (

    select
        intensity.area_code,
        intensity.year,
        intensity.value * income.value * residents.value as expenditure,
        row_number() over years as place,
        min(intensity.year) over areas as first_year
    from {{ ref('int_observations_known') }} as intensity
    inner join {{ ref('int_observations_known') }} as income
        on intensity.area_code = income.area_code
        and intensity.year = income.year
    inner join {{ ref('int_observations_known') }} as residents
        on intensity.area_code = residents.area_code
        and intensity.year = residents.year
    where intensity.indicator_id = 'rd_intensity'
        and income.indicator_id = 'gdp_per_capita_constant_usd'
        and residents.indicator_id = 'population_midyear'
        and intensity.value * income.value * residents.value > 0
        and {{ is_current('intensity') }}
        and {{ is_current('income') }}
        and {{ is_current('residents') }}
    window
        areas as (partition by intensity.area_code),
        years as (partition by intensity.area_code order by intensity.year)

),

unbroken as (

    select
        *,
        year - first_year as age,
        first_value(expenditure) over areas as first_expenditure,
        ln(last_value(expenditure) over areas / first_value(expenditure) over areas)
        / nullif((max(year) over areas) - first_year, 0) as growth
    from research
    where place = year - first_year + 1
    window areas as (
        partition by area_code order by year rows between unbounded preceding and unbounded following
    )

),

stocks as (

    select
        area_code,
        year,
        power(1 - {{ depreciation }}, age) * (
            first_expenditure / (growth + {{ depreciation }})
            + sum(case when age > 0 then expenditure / power(1 - {{ depreciation }}, age) else 0 end) over (
                partition by area_code order by year
            )
        ) as stock
    from unbroken
    where growth + {{ depreciation }} > 0

),

researched as (

    select max(known_from) as known_from
    from {{ ref('int_observations_known') }}
    where indicator_id in ('rd_intensity', 'gdp_per_capita_constant_usd', 'population_midyear')
        and {{ is_current() }}

),

-- Imports: of inputs over all inputs, of manufactures over all that are sold here, and how many sources share them
imported as (

    select
        partners.importer_code as area_code,
        partners.year,
        partners.known_from,
        partners.known_to,
        sum(partners.exports_intermediate) as inputs,
        sum(partners.manufacturing_exports) as manufactures,
        sum(partners.manufacturing_exports * partners.manufacturing_exports) as squared_manufactures,
        sum(case when stocks.stock is not null then partners.exports_intermediate end) as inputs_with_research,
        sum(partners.exports_intermediate / nullif(makers.output, 0) * stocks.stock) as foreign_rd_embodied
    from partners
    left join countries as makers
        on partners.exporter_code = makers.area_code
        and partners.year = makers.year
        and partners.known_from = makers.known_from
    left join stocks
        on partners.exporter_code = stocks.area_code
        and partners.year = stocks.year
    where partners.exporter_code <> partners.importer_code
    group by partners.importer_code, partners.year, partners.known_from, partners.known_to

),

costs as (

    select
        trade_cost.area_code,
        trade_cost.year,
        trade_cost.scope,
        chosen.known_from,
        chosen.known_to,
        sum(trade_cost.trade_cost * trade_cost.trade)
        / nullif(sum(case when trade_cost.trade_cost is not null then trade_cost.trade end), 0) as weighted_mean,
        avg(trade_cost.trade_cost) as simple_mean
    from {{ ref('fct_trade_cost__country_partner_year') }} as trade_cost
    inner join chosen
        on trade_cost.table_edition = chosen.table_edition
    group by trade_cost.area_code, trade_cost.year, trade_cost.scope, chosen.known_from, chosen.known_to

),

mechanisms as (

    select
        countries.area_code,
        countries.year,
        countries.known_from,
        countries.known_to,
        imported.inputs / nullif(countries.output - countries.value_added, 0) as imported_intermediates_share,
        imported.manufactures / nullif(imported.manufactures + home.manufacturing_domestic_sales, 0)
            as import_penetration,
        1 - imported.squared_manufactures / nullif(imported.manufactures * imported.manufactures, 0)
            as import_source_diversity,
        imported.inputs_with_research / nullif(imported.inputs, 0) as foreign_rd_coverage,
        case
            when researched.known_from > countries.known_from then researched.known_from else countries.known_from
        end as researched_from,
        imported.foreign_rd_embodied
    from countries
    inner join imported
        on countries.area_code = imported.area_code
        and countries.year = imported.year
        and countries.known_from = imported.known_from
    inner join partners as home
        on countries.area_code = home.exporter_code
        and countries.area_code = home.importer_code
        and countries.year = home.year
        and countries.known_from = home.known_from
    cross join researched

),

measures as (

    select
        measured.measure,
        measured.area_code,
        measured.year,
        measured.value,
        chosen.known_from,
        chosen.known_to
    from {{ ref('stg_icio__measures') }} as measured
    inner join chosen
        on measured.table_edition = chosen.table_edition
    inner join {{ ref('panel_inputs') }} as wanted
        on measured.measure = wanted.input_id
        and wanted.input_kind = 'value_chain'
    where measured.grain = 'country'
        and measured.area_code <> 'ROW'

    union all

    {% for measure in ['imported_intermediates_share', 'import_penetration', 'import_source_diversity'] -%}
    select
        '{{ measure }}' as measure,
        area_code,
        year,
        {{ measure }} as value,
        known_from,
        known_to
    from mechanisms

    union all

    {% endfor -%}
    {% for measure in ['foreign_rd_embodied', 'foreign_rd_coverage'] -%}
    select
        '{{ measure }}' as measure,
        area_code,
        year,
        {{ measure }} as value,
        researched_from as known_from,
        known_to
    from mechanisms
    where researched_from < coalesce(known_to, {{ end_of_time() }})

    union all

    {% endfor -%}
    {% for measure, scope, mean in [
        ('trade_cost', 'manufacturing', 'weighted_mean'),
        ('trade_cost_simple', 'manufacturing', 'simple_mean'),
        ('trade_cost_total', 'total', 'weighted_mean'),
    ] -%}
    select
        '{{ measure }}' as measure,
        area_code,
        year,
        {{ mean }} as value,
        known_from,
        known_to
    from costs
    where scope = '{{ scope }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    chosen.table_edition,
    measures.measure,
    measures.area_code,
    measures.year,
    {{ in_digits('measures.value') }} as value,
    measures.known_from,
    measures.known_to
from measures
inner join chosen
    on {{ is_known_on('chosen', 'measures.known_from') }}
where measures.value is not null
