-- The areas of each universe: what is compared with what. Provinces and countries never meet in one minimum or mean.
select
    universes.universe,
    areas.area_code
from {{ ref('universes') }} as universes
inner join {{ ref('dim_area') }} as areas
    on universes.level = areas.level
