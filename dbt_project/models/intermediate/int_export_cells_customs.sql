-- The cells of the customs statistics that count, in 10 thousand yuan. A period is taken from its newest
-- edition; a year counts when it is printed as a year or in all twelve months.
with cells as (

    select
        cells.*,
        hs_chapters.category_code as section_code,
        exchange_rates.cny_per_usd,
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
    where cells.rejection is null
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
    cells.source_id,
    cells.edition,
    cells.published_on,
    cells.snapshot_sha256,
    cells.file_name,
    cells.sheet,
    cells.cell,
    cells.row_number,
    cells.column_number,
    cells.locator,
    cells.table_title,
    cells.area_label,
    cells.area_code,
    cells.year,
    cells.period_label,
    cells.category_code,
    cells.category_label,
    cells.section_code,
    cells.text,
    cells.unit_label,
    cells.number_printed,
    cells.factor,
    cells.currency,
    cells.cny_per_usd,
    cells.export_value
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
