{%- set depreciation = 0.15 -%}
-- What inter-country tables say of economies at any time, one row a measure: those of the table as they are, and what
-- trade means for an economy (docs/value_chains.md, mechanisms). One edition stands for all years: the one that covers
-- most years of the sample, the newest of several; editions never make one series.
with editions as (

    select distinct
        table_edition,
        published_on,
        year
    from {{ ref('idx_value_chain__country_year') }}

),

-- a table of an edition may be published after the others: it counts from then on
ranked as (

    select
        dates.published_on as known_from,
        editions.table_edition,
        row_number() over (
            partition by dates.published_on
            order by
                count(distinct sample_years.year) desc, max(editions.published_on) desc, editions.table_edition
        ) as place
    from (
        select distinct editions_of_then.published_on
        from editions as editions_of_then
    ) as dates
    inner join editions
        on dates.published_on >= editions.published_on
    left join {{ ref('int_sample_years') }} as sample_years
        on editions.year = sample_years.year
        and sample_years.universe = 'country'
    group by dates.published_on, editions.table_edition

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

taken as (

    select distinct
        chosen.table_edition,
        editions.published_on,
        case
            when editions.published_on > chosen.known_from then editions.published_on else chosen.known_from
        end as known_from,
        chosen.known_to
    from chosen
    inner join editions
        on chosen.table_edition = editions.table_edition
        and editions.published_on < coalesce(chosen.known_to, {{ end_of_time() }})

),

partners as (

    select
        partner.*,
        taken.known_from,
        taken.known_to
    from {{ ref('idx_value_chain__country_partner_year') }} as partner
    inner join taken
        on partner.table_edition = taken.table_edition
        and partner.published_on = taken.published_on

),

countries as (

    select
        country.*,
        taken.known_from,
        taken.known_to
    from {{ ref('idx_value_chain__country_year') }} as country
    inner join taken
        on country.table_edition = taken.table_edition
        and country.published_on = taken.published_on
    where country.area_code <> 'ROW'

),

-- R&D in million dollars of one year, and the stock of it by the perpetual inventory: S(t) = 0.85 S(t-1) + R(t), at
-- first R / (g + 0.15) with g the mean growth of R (Coe and Helpman 1995). A gap ends the stock.
factors as (

    select
        areas.universe,
        observations.indicator_id,
        observations.area_code,
        observations.year,
        observations.value,
        observations.known_from,
        observations.known_to
    from {{ ref('int_observations_known') }} as observations
    inner join {{ ref('int_universe_areas') }} as areas
        on observations.area_code = areas.area_code
        and areas.universe = 'country'
    where observations.indicator_id in ('rd_intensity', 'gdp_per_capita_constant_usd', 'population_midyear')

),

changed_factors as (

    {{ merged('factors', ['universe', 'indicator_id', 'area_code', 'year'], ['value']) }}

),

times_of_research as (

    {{ periods_between_changes('changed_factors', ['universe']) }}

),

expenditures as (

    select
        changed_factors.area_code,
        changed_factors.year,
        max(case when changed_factors.indicator_id = 'rd_intensity' then changed_factors.value end)
        * max(case when changed_factors.indicator_id = 'gdp_per_capita_constant_usd' then changed_factors.value end)
        * max(case when changed_factors.indicator_id = 'population_midyear' then changed_factors.value end)
            as expenditure,
        times_of_research.known_from,
        times_of_research.known_to
    from times_of_research
    inner join changed_factors
        on {{ is_known_on('changed_factors', 'times_of_research.known_from') }}
    group by
        changed_factors.area_code, changed_factors.year, times_of_research.known_from, times_of_research.known_to

),

research as (

    select
        *,
        row_number() over years as place,
        min(year) over areas as first_year
    from expenditures
    where expenditure > 0
    window
        areas as (partition by area_code, known_from),
        years as (partition by area_code, known_from order by year)

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
        partition by area_code, known_from
        order by year rows between unbounded preceding and unbounded following
    )

),

stocks as (

    select
        area_code,
        year,
        power(1 - {{ depreciation }}, age) * (
            first_expenditure / (growth + {{ depreciation }})
            + sum(case when age > 0 then expenditure / power(1 - {{ depreciation }}, age) else 0 end) over (
                partition by area_code, known_from order by year
            )
        ) as stock,
        known_from,
        known_to
    from unbroken
    where growth + {{ depreciation }} > 0

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
        sum(partners.manufacturing_exports * partners.manufacturing_exports) as squared_manufactures
    from partners
    where partners.exporter_code <> partners.importer_code
    group by partners.importer_code, partners.year, partners.known_from, partners.known_to

),

-- the research that inputs embody, and how much of the inputs is of partners whose research is known
embodied as (

    select
        partners.importer_code as area_code,
        partners.year,
        partners.exports_intermediate as inputs,
        partners.exports_intermediate / nullif(makers.output, 0) * stocks.stock as research,
        partners.known_from as imported_from,
        {{ known_together('partners', 'stocks') }}
    from partners
    inner join stocks
        on partners.exporter_code = stocks.area_code
        and partners.year = stocks.year
        and {{ are_known_together('partners', 'stocks') }}
    inner join countries as makers
        on partners.exporter_code = makers.area_code
        and partners.year = makers.year
        and partners.known_from = makers.known_from
    where partners.exporter_code <> partners.importer_code
        and partners.importer_code <> 'ROW'

),

spillovers as (

    select
        embodied.area_code,
        embodied.year,
        sum(embodied.research) as foreign_rd_embodied,
        sum(embodied.inputs) / nullif(max(imported.inputs), 0) as foreign_rd_coverage,
        embodied.known_from,
        embodied.known_to
    from embodied
    inner join imported
        on embodied.area_code = imported.area_code
        and embodied.year = imported.year
        and embodied.imported_from = imported.known_from
    group by embodied.area_code, embodied.year, embodied.known_from, embodied.known_to

),

costs as (

    select
        trade_cost.area_code,
        trade_cost.year,
        trade_cost.scope,
        taken.known_from,
        taken.known_to,
        sum(trade_cost.trade_cost * trade_cost.trade)
        / nullif(sum(case when trade_cost.trade_cost is not null then trade_cost.trade end), 0) as weighted_mean,
        avg(trade_cost.trade_cost) as simple_mean
    from {{ ref('fct_trade_cost__country_partner_year') }} as trade_cost
    inner join taken
        on trade_cost.table_edition = taken.table_edition
        and trade_cost.published_on = taken.published_on
    group by trade_cost.area_code, trade_cost.year, trade_cost.scope, taken.known_from, taken.known_to

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
            as import_source_diversity
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

),

measures as (

    select
        measured.measure,
        measured.area_code,
        measured.year,
        measured.value,
        taken.known_from,
        taken.known_to
    from {{ ref('stg_icio__measures') }} as measured
    inner join taken
        on measured.table_edition = taken.table_edition
        and measured.published_on = taken.published_on
    inner join {{ ref('panel_inputs') }} as wanted
        on measured.measure = wanted.input_id
        and wanted.input_kind = 'value_chain'
    where measured.grain = 'country'
        and measured.area_code <> 'ROW'

    union all

    {% for measure, value, relation in [
        ('imported_intermediates_share', 'imported_intermediates_share', 'mechanisms'),
        ('import_penetration', 'import_penetration', 'mechanisms'),
        ('import_source_diversity', 'import_source_diversity', 'mechanisms'),
        ('foreign_rd_embodied', 'foreign_rd_embodied', 'spillovers'),
        ('foreign_rd_coverage', 'foreign_rd_coverage', 'spillovers'),
        ('trade_cost', 'weighted_mean', "costs where scope = 'manufacturing'"),
        ('trade_cost_simple', 'simple_mean', "costs where scope = 'manufacturing'"),
        ('trade_cost_total', 'weighted_mean', "costs where scope = 'total'"),
    ] -%}
    select
        '{{ measure }}' as measure,
        area_code,
        year,
        {{ value }} as value,
        known_from,
        known_to
    from {{ relation }}
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
