{{ config(severity='warn') }}
-- There is nothing that a careful reader would want to know of a value: what there is stands in catalog.data_warning,
-- with the check that says so, and stops no release.
select
    check_name,
    indicator_id,
    area_code,
    year,
    message
from {{ ref('data_warning') }}
order by check_name, indicator_id, area_code, year
