-- The income that PRODY is a mean of: GDP per capita over the price level of the area.
select
    area_code,
    year,
    gdp_per_capita_yuan,
    price_level,
    income_yuan,
    {{ var('price_base_year') }} as price_base_year,
    is_imputed
from {{ ref('int_income_real') }}
where {{ is_newest_vintage() }}
