-- Reads two tables, so that it has to be told which one it is a check of.
select count(*) as lost
from {{ ref('panel__province_year') }} as panel
full join {{ ref('stg_nbs_portal__cells') }} as cells on panel.year = cells.year
where panel.year is null
having count(*) > 0
