-- Every usable cell of the files that are not held back, in the standard unit.
select observations.* -- noqa: AM04
from {{ ref('int_observations_staged') }} as observations
left join {{ ref('int_files_held') }} as held
    on observations.source_id || '/' || observations.snapshot_sha256 = held.file_id
where held.file_id is null
