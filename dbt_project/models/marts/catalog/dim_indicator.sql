select
    indicator_id,
    name_en,
    name_zh,
    unit,
    definition,
    dimension,
    direction,
    study_role,
    where_to_get
from {{ ref('indicators') }}
