-- Customs exports by chapter of the Harmonized System, province and year, in 10 thousand yuan. A period is taken from
-- its newest edition; a year counts when it is printed as a year or in all twelve months. Where a code stands beside
-- the total of its chapter, heading or subheading, the total alone counts.
with cells as (

    select
        cells.*,
        {{ hs_chapter('cells.category_code') }} as chapter,
        case
            when cells.currency is null then cells.amount
            else cells.amount * exchange_rates.cny_per_usd
        end as export_value,
        max(cells.published_on) over (partition by cells.period_label) as newest_published_on
    from {{ ref('stg_customs__exports') }} as cells
    left join {{ ref('exchange_rates') }} as exchange_rates
        on cells.currency = 'USD'
        and cells.year = exchange_rates.year
    where cells.rejection is null
        and cells.flow = 'export'
        and cells.area_code is not null

),

newest as (

    select *
    from cells
    where published_on = newest_published_on
        and export_value is not null

),

totals as (

    select distinct
        period_label,
        area_code,
        category_code
    from newest
    where length(category_code) <= 6

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
    newest.chapter,
    newest.area_code,
    newest.year,
    sum(newest.export_value) as export_value,
    max(newest.published_on) as published_on,
    min(newest.snapshot_sha256) as snapshot_sha256,
    min(newest.locator) as first_locator,
    count(*) as cells
from newest
inner join periods
    on newest.year = periods.year
{% for digits in (2, 4, 6) -%}
left join totals as totals_{{ digits }}
    on newest.period_label = totals_{{ digits }}.period_label
    and newest.area_code = totals_{{ digits }}.area_code
    and substring(newest.category_code, 1, {{ digits }}) = totals_{{ digits }}.category_code
    and length(newest.category_code) > {{ digits }}
{% endfor -%}
where coalesce(totals_2.category_code, totals_4.category_code, totals_6.category_code) is null
    and (
        (periods.has_annual = 1 and length(newest.period_label) <= 5)
        or (periods.has_annual = 0 and periods.periods = 12)
    )
group by newest.chapter, newest.area_code, newest.year
