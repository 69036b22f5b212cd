-- A fraction outside 0 to 1, a negative quantity or a price index far from 100 is a wrong column or a wrong unit.
select
    indicator_id,
    area_code,
    year,
    value,
    source_id,
    locator
from {{ ref('fct_observation') }}
where {{ is_current() }}
    and (
        (unit in ('fraction', '0-1') and indicator_id not in ('imports_to_gdp', 'trade_openness') and value > 1)
        or (indicator_id = 'cpi' and value not between 50 and 200)
        -- the marketisation index counts below 0 what is behind the worst province of its base year
        or (value < 0 and unit <> 'points')
    )
