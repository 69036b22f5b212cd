-- Which edition of which period of the customs statistics counts as of each vintage date: the newest edition that
-- prints the period; and of a year the period itself, or all twelve months.
with editions as (

    select distinct
        year,
        period_label,
        published_on,
        case when length(period_label) <= 5 then 1 else 0 end as is_annual
    from {{ ref('int_export_cells') }}
    where classification = 'hs_section_12'

),

newest as (

    select
        vintage_dates.as_of,
        editions.year,
        editions.period_label,
        editions.is_annual,
        max(editions.published_on) as published_on
    from editions
    inner join {{ ref('int_vintage_dates') }} as vintage_dates
        on editions.published_on <= vintage_dates.as_of
    group by vintage_dates.as_of, editions.year, editions.period_label, editions.is_annual

),

counted as (

    select
        *,
        count(*) over (partition by as_of, year) as periods,
        max(is_annual) over (partition by as_of, year) as has_annual
    from newest

)

select
    as_of,
    year,
    period_label,
    published_on
from counted
where is_annual = has_annual
    and (is_annual = 1 or periods = 12)
