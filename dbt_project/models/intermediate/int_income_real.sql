-- Income Y of Hausmann, Hwang and Rodrik (2007): GDP per capita in prices of the base year, deflated by the
-- chained consumer price index of the area. P(base) = 1, P(t) = P(t-1) * CPI(t) / 100.
with cumulated as (

    select
        as_of,
        area_code,
        year,
        sum(ln(value / 100)) over (partition by as_of, area_code order by year) as log_price,
        count(*) over (partition by as_of, area_code order by year) as links
    from {{ ref('fct_observation__as_of') }}
    where indicator_id = 'cpi'
        and value is not null

),

price_levels as (

    select
        cumulated.as_of,
        cumulated.area_code,
        cumulated.year,
        exp(cumulated.log_price - base.log_price) as price_level
    from cumulated
    inner join cumulated as base
        on cumulated.as_of = base.as_of
        and cumulated.area_code = base.area_code
        and base.year = {{ var('price_base_year') }}
    -- a chain with a missing link says nothing about prices beyond it
    where cumulated.links - base.links = cumulated.year - base.year

)

select
    income.as_of,
    income.area_code,
    income.year,
    income.value as gdp_per_capita_yuan,
    {{ in_digits('price_levels.price_level') }} as price_level,
    {{ in_digits('income.value / price_levels.price_level') }} as income_yuan,
    income.is_imputed
from {{ ref('fct_observation__as_of') }} as income
inner join price_levels
    on income.as_of = price_levels.as_of
    and income.area_code = price_levels.area_code
    and income.year = price_levels.year
where income.indicator_id = 'gdp_per_capita'
    and income.value is not null
