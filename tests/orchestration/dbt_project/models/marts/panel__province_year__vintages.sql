select
    cast('2021-01-01' as date) as as_of,
    panel.*
from {{ ref('panel__province_year') }} as panel
