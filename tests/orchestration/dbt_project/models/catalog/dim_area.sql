select
    cast(province_code as varchar) as area_code,
    name_zh as name_en
from {{ ref('provinces') }}
