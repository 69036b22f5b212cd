-- No value is outside the bounds that seeds/indicators.csv gives its indicator: cells that print one are left out in
-- stg_cells, and so are ratios and proxies in int_observations_known.
select
    observations.indicator_id,
    observations.area_code,
    observations.year,
    observations.value,
    observations.source_id,
    observations.locator
from {{ ref('fct_observation') }} as observations
inner join {{ ref('indicators') }} as indicators
    on observations.indicator_id = indicators.indicator_id
where observations.value not between coalesce(indicators.lowest, observations.value)
    and coalesce(indicators.highest, observations.value)
