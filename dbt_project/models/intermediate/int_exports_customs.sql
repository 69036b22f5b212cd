-- Customs exports by section, province and year, in 10 thousand yuan.
select
    section_code as category_code,
    area_code,
    year,
    sum(export_value) as export_value,
    max(published_on) as published_on,
    min(snapshot_sha256) as snapshot_sha256,
    case
        when count(*) = 1 then min(locator)
        else min(locator) || ' and ' || cast(count(*) - 1 as varchar) || ' more'
    end as locator
from {{ ref('int_export_cells_customs') }}
group by section_code, area_code, year
