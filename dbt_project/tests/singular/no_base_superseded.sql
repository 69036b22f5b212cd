{{ config(severity='warn') }}
-- The rows stand in catalog.data_warning; they never stop a release.
select
    indicator_id,
    area_code,
    year,
    message
from {{ ref('data_warning') }}
where check_name = 'base_superseded'
