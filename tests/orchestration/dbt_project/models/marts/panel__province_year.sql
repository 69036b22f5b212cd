select
    provinces.province_code,
    cells.year,
    cells.value as expy
from {{ ref('stg_nbs_portal__cells') }} as cells
inner join {{ ref('provinces') }} as provinces
    on cells.area_label = provinces.name_zh
