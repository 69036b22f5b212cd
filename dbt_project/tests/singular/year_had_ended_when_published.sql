-- A value for a year that had not ended when it was published can only be an estimate.
select
    indicator_id,
    area_code,
    year,
    source_id,
    published_on,
    file_name,
    locator,
    text
from {{ ref('int_observations_published') }}
where value is not null
    and year >= extract(year from published_on)
    and obs_status <> 'E'
