select
    indicator_id,
    110000 as province_code,
    'Beijing' as province_name_en,
    year
from {{ ref('panel__province_year') }}
cross join {{ ref('dim_indicator') }}
where indicator_id = 'marketisation_index'
