select
    province_code,
    name_en,
    name_zh,
    name_zh_full,
    region,
    is_municipality,
    tile_row,
    tile_column
from {{ ref('provinces') }}
