-- Row labels that are no name of an area as printed, and how they were understood nevertheless.
select
    source_id,
    edition,
    file_name,
    area_label as label,
    area_remark as remark,
    cast(sum(cells) as integer) as cells,
    min(locator) as first_locator
from {{ ref('stg_cells') }}
where kind <> 'undeclared'
    and area_remark is not null
    and rejection is null
group by source_id, edition, file_name, area_label, area_remark
