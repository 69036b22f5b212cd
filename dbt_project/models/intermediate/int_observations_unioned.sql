-- Every usable cell of the files that are not held back, in the standard unit.
select
    observations.indicator_id,
    observations.area_code,
    observations.year,
    observations.source_id,
    observations.published_on,
    observations.series_vintage,
    observations.obs_status,
    observations.missing_reason,
    observations.snapshot_sha256,
    observations.file_name,
    observations.locator,
    observations.text,
    observations.value
from {{ ref('int_observations_staged') }} as observations
left join {{ ref('int_files_held') }} as held
    on observations.source_id || '/' || observations.snapshot_sha256 = held.file_id
where held.file_id is null
