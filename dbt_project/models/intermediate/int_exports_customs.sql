-- Customs exports by section, province and year as of each vintage date, in 10 thousand yuan.
with printed as (

    select
        section_code,
        area_code,
        period_label,
        published_on,
        sum(export_value) as export_value,
        count(*) as cells,
        min(snapshot_sha256) as snapshot_sha256,
        min(locator) as locator
    from {{ ref('int_export_cells_customs') }}
    group by section_code, area_code, period_label, published_on

)

select
    periods.as_of,
    printed.section_code as category_code,
    printed.area_code,
    periods.year,
    sum(printed.export_value) as export_value,
    max(printed.published_on) as published_on,
    min(printed.snapshot_sha256) as snapshot_sha256,
    case
        when sum(printed.cells) = 1 then min(printed.locator)
        else min(printed.locator) || ' and ' || cast(sum(printed.cells) - 1 as varchar) || ' more'
    end as locator
from printed
inner join {{ ref('int_export_periods_customs') }} as periods
    on printed.period_label = periods.period_label
    and printed.published_on = periods.published_on
group by periods.as_of, printed.section_code, printed.area_code, periods.year
