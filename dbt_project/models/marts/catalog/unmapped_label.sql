-- Labels that a source prints and no indicator stands for: more than the warehouse uses, or a label that changed.
select
    source_id,
    edition,
    file_name,
    case when kind = 'observation' then coalesce(table_title, '') else '' end as table_title,
    subject_label as label,
    cast(count(*) as integer) as cells,
    min(locator) as first_locator
from {{ ref('stg_cells') }}
where not is_mapped
    and not is_of_city
group by
    source_id, edition, file_name, case when kind = 'observation' then coalesce(table_title, '') else '' end,
    subject_label
