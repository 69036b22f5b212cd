-- Labels that a source prints and no indicator stands for: more than the warehouse uses, or a label that changed.
select
    source_id,
    edition,
    file_name,
    table_title,
    label,
    cast(count(*) as integer) as cells,
    min(locator) as first_locator
from {{ ref('int_cells_checked') }}
where not is_mapped
group by source_id, edition, file_name, table_title, label
