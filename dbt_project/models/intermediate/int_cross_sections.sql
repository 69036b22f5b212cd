-- What is compared with what: the areas of a universe side by side, by classification and year, anew at each date on
-- which something in it changed, exports or incomes of any year (fixed_prody is a mean over years) or what goes into
-- the categories. A row is an exporter; its basket is NULL where nothing ever said what it exports, its incomes
-- (macros/sophistication) where they are not known. Of a year that somebody reports every area of the universe has a
-- row from then on.
with incomes as (

    {{ merged(ref('int_income'), ['universe', 'variant', 'area_code', 'year'], ['income']) }}

),

baskets as (

    select distinct
        basket,
        universe,
        classification,
        area_code,
        year
    from {{ ref('int_export_baskets') }}

),

reported as (

    select
        baskets.universe,
        baskets.classification,
        baskets.year,
        exports.known_from,
        exports.known_to
    from (
        select distinct
            basket,
            known_from,
            known_to
        from {{ ref('int_exports') }}
    ) as exports
    inner join baskets
        on exports.basket = baskets.basket

),

-- an edition is never taken back: a year that was reported once stays so
reported_years as (

    select
        universe,
        classification,
        year,
        min(known_from) as known_from
    from reported
    group by universe, classification, year

),

changes as (

    select
        universe,
        classification,
        known_from,
        known_to
    from reported

    union all

    select
        reported_years.universe,
        reported_years.classification,
        incomes.known_from,
        incomes.known_to
    from reported_years
    inner join incomes
        on reported_years.universe = incomes.universe
        and reported_years.year = incomes.year

    union all

    select
        universe,
        classification,
        known_from,
        known_to
    from {{ ref('int_domestic_content_weights') }}

),

periods as (

    {{ periods_between_changes('changes', ['universe', 'classification']) }}

)

select
    row_number() over (
        order by
            periods.universe, periods.classification, reported_years.year, periods.known_from, areas.area_code
    ) as exporter,
    dense_rank() over (
        order by periods.universe, periods.classification, reported_years.year, periods.known_from
    ) as cross_section,
    periods.universe,
    periods.classification,
    reported_years.year,
    areas.area_code,
    baskets.basket,
    {% for income in incomes() -%}
    income_{{ income }}.income as income_{{ income }},
    {% endfor -%}
    periods.known_from,
    periods.known_to
from periods
inner join reported_years
    on periods.universe = reported_years.universe
    and periods.classification = reported_years.classification
    and periods.known_from >= reported_years.known_from
inner join {{ ref('int_universe_areas') }} as areas
    on periods.universe = areas.universe
left join baskets
    on periods.universe = baskets.universe
    and periods.classification = baskets.classification
    and reported_years.year = baskets.year
    and areas.area_code = baskets.area_code
{% for income in incomes() -%}
left join incomes as income_{{ income }}
    on periods.universe = income_{{ income }}.universe
    and reported_years.year = income_{{ income }}.year
    and areas.area_code = income_{{ income }}.area_code
    and income_{{ income }}.variant = '{{ income }}'
    and {{ is_known_on('income_' ~ income, 'periods.known_from') }}
{% endfor %}
