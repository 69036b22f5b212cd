-- Customs exports by chapter of the Harmonized System, province and year as of each vintage date, in 10 thousand yuan.
with printed as (

    select
        chapter,
        area_code,
        period_label,
        published_on,
        sum(export_value) as export_value,
        count(*) as cells,
        min(snapshot_sha256) as snapshot_sha256,
        min(locator) as first_locator
    from {{ ref('int_export_cells') }}
    where classification = 'hs_section_12'
    group by chapter, area_code, period_label, published_on

)

select
    periods.as_of,
    printed.chapter,
    printed.area_code,
    periods.year,
    sum(printed.export_value) as export_value,
    max(printed.published_on) as published_on,
    min(printed.snapshot_sha256) as snapshot_sha256,
    min(printed.first_locator) as first_locator,
    cast(sum(printed.cells) as bigint) as cells
from printed
inner join {{ ref('int_export_periods_customs') }} as periods
    on printed.period_label = periods.period_label
    and printed.published_on = periods.published_on
group by periods.as_of, printed.chapter, printed.area_code, periods.year
