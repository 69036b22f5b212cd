-- The income that PRODY is a mean of: GDP per capita over the price level of the area, as it is known now.
select
    income.area_code,
    income.year,
    income.income_at_current_prices as gdp_per_capita_yuan,
    income.price_level,
    income.income as income_yuan,
    universes.price_base_year,
    income.is_imputed
from {{ ref('int_income') }} as income
inner join {{ ref('universes') }} as universes
    on income.universe = universes.universe
where income.universe = 'province'
    and income.variant = 'annual'
    and {{ is_current('income') }}
