-- The provinces among the areas, with their region and their place on a tile map.
select
    areas.area_code as province_code,
    areas.name_en,
    areas.name_zh,
    areas.name_zh_full,
    regions.name_en as region,
    provinces.is_municipality,
    provinces.tile_row,
    provinces.tile_column
from {{ ref('dim_area') }} as areas
inner join {{ ref('dim_area') }} as regions
    on areas.parent_code = regions.area_code
inner join {{ ref('provinces') }} as provinces
    on areas.area_code = provinces.province_code
where areas.level = 'province'
