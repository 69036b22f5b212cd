-- Value cells that could not be used, one row a file and reason.
select
    source_id,
    edition,
    file_name,
    rejection as reason,
    cast(sum(cells) as integer) as cells,
    min(locator) as first_locator,
    snapshot_sha256
from {{ ref('stg_cells') }}
where rejection is not null
group by source_id, edition, file_name, rejection, snapshot_sha256
