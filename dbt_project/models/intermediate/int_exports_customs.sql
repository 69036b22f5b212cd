-- Customs exports by section, province and year, in 10 thousand yuan. A period is taken from its newest
-- edition; a year counts when it is printed as a year or in all twelve months.
with cells as (

    select
        cells.*,
        hs_chapters.category_code as section_code,
        case
            when cells.currency is null then cells.amount
            else cells.amount * exchange_rates.cny_per_usd
        end as export_value,
        max(cells.published_on) over (partition by cells.period_label) as newest_published_on
    from {{ ref('stg_customs__exports') }} as cells
    left join {{ ref('hs_chapters') }} as hs_chapters
        on substring(cells.category_code, 1, 2) = hs_chapters.chapter
    left join {{ ref('exchange_rates') }} as exchange_rates
        on cells.currency = 'USD'
        and cells.year = exchange_rates.year
    left join {{ ref('int_files_held') }} as held
        on cells.source_id || '/' || cells.snapshot_sha256 = held.file_id
    where held.file_id is null
        and cells.rejection is null
        and cells.flow = 'export'
        and cells.area_code is not null

),

periods as (

    select
        year,
        count(distinct period_label) as periods,
        max(case when length(period_label) <= 5 then 1 else 0 end) as has_annual
    from cells
    group by year

)

select
    cells.section_code as category_code,
    cells.area_code,
    cells.year,
    sum(cells.export_value) as export_value,
    max(cells.published_on) as published_on,
    min(cells.snapshot_sha256) as snapshot_sha256,
    case
        when count(*) = 1 then min(cells.locator)
        else min(cells.locator) || ' and ' || cast(count(*) - 1 as varchar) || ' more'
    end as locator
from cells
inner join periods
    on cells.year = periods.year
where cells.published_on = cells.newest_published_on
    and cells.section_code is not null
    and cells.export_value is not null
    and (
        (periods.has_annual = 1 and length(cells.period_label) <= 5)
        or (periods.has_annual = 0 and periods.periods = 12)
    )
group by cells.section_code, cells.area_code, cells.year
