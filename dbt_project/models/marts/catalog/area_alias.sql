-- Every name under which a source is known to print an area, in key form: no white space, lower case.
select distinct
    area_key,
    area_code
from {{ ref('stg_area_names') }}
where area_code is not null
