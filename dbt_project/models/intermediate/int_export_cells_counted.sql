-- The export cells that count, and when. Of the customs statistics the newest edition of a period; and of a year the
-- period itself, or all twelve months. Of input-output tables, and of exports by
-- printed code, each cell of the newest of an area and year.
{{ config(materialized='ephemeral') }}
with editions as (

    select
        year,
        period_label,
        published_on,
        case when length(period_label) <= 5 then 1 else 0 end as is_annual,
        published_on as known_from,
        lead(published_on) over (partition by year, period_label order by published_on) as known_to
    from (
        select distinct
            year,
            period_label,
            published_on
        from {{ ref('int_export_cells') }}
        where classification = 'hs_section_12'
    ) as printed

),

years as (

    {{ periods_between_changes('editions', ['year']) }}

),

counted as (

    select
        editions.year,
        editions.period_label,
        editions.published_on,
        editions.is_annual,
        count(*) over (partition by years.year, years.known_from) as printed_periods,
        max(editions.is_annual) over (partition by years.year, years.known_from) as has_annual,
        years.known_from,
        years.known_to
    from years
    inner join editions
        on years.year = editions.year
        and {{ is_known_on('editions', 'years.known_from') }}

),

complete as (

    select *
    from counted
    where is_annual = has_annual
        and (is_annual = 1 or printed_periods = 12)

),

customs_periods as (

    {{ merged('complete', ['year', 'period_label'], ['published_on']) }}

),

tables as (

    select
        cells.*,
        row_number() over (
            partition by cells.classification, cells.area_code, cells.year, cells.printed_code, cells.published_on
            order by cells.series_vintage, cells.file_name, cells.locator
        ) as copy_number
    from {{ ref('int_export_cells') }} as cells
    where cells.classification <> 'hs_section_12'

)

select
    cells.classification,
    cells.category_code,
    cells.area_code,
    cells.year,
    cells.export_value,
    cells.source_id,
    cells.published_on,
    cells.snapshot_sha256,
    cells.locator,
    cells.cells,
    cells.period_label,
    customs_periods.known_from,
    customs_periods.known_to
from {{ ref('int_export_cells') }} as cells
inner join customs_periods
    on cells.year = customs_periods.year
    and cells.period_label = customs_periods.period_label
    and cells.published_on = customs_periods.published_on
where cells.classification = 'hs_section_12'

union all

select
    classification,
    category_code,
    area_code,
    year,
    export_value,
    source_id,
    published_on,
    snapshot_sha256,
    locator,
    cells,
    period_label,
    published_on as known_from,
    lead(published_on) over (
        partition by classification, area_code, year, printed_code order by published_on
    ) as known_to
from tables
where copy_number = 1
