select
    '100000' as area_code,
    'country' as level,
    'China' as name_en,
    '中国' as name_zh,
    '中华人民共和国' as name_zh_full,
    cast(null as varchar) as parent_code

union all

select
    area_code,
    'region' as level,
    region as name_en,
    name_zh,
    name_zh || '地区' as name_zh_full,
    '100000' as parent_code
from {{ ref('regions') }}

union all

select
    provinces.province_code as area_code,
    'province' as level,
    provinces.name_en,
    provinces.name_zh,
    provinces.name_zh_full,
    regions.area_code as parent_code
from {{ ref('provinces') }} as provinces
inner join {{ ref('regions') }} as regions
    on provinces.region = regions.region
