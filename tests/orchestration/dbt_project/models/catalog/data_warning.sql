select
    'jump' as check_name,
    'gdp' as indicator_id,
    cast(province_code as varchar) as area_code,
    year,
    'far up' as message
from {{ ref('panel__province_year') }}
