select
    provinces.province_code,
    cells.year,
    cells.value as expy,
    cast('2021-01-01' as date) as known_from,
    cast(null as date) as known_to
from {{ ref('stg_nbs_portal__cells') }} as cells
inner join {{ ref('provinces') }} as provinces
    on cells.area_label = provinces.name_zh
