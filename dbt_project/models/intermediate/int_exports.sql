-- Exports by category, in 10 thousand yuan (by printed code in thousand US dollars), and the share of each category in
-- the exports of the area and year:
-- s(i, j) = x(i, j) / sum over j of x(i, j). An area without exports has no shares. Where an edition prints again what
-- the one before it printed, the newest is named.
with cells as (

    select
        areas.universe,
        cells.*
    from {{ ref('int_export_cells_counted') }} as cells
    inner join {{ ref('int_universe_areas') }} as areas
        on cells.area_code = areas.area_code
    left join {{ ref('product_categories') }} as product_categories
        on cells.classification = product_categories.classification
        and cells.category_code = product_categories.category_code
    where product_categories.category_code is not null
        or {{ is_by_printed_code('cells.classification') }}

),

periods as (

    {{ periods_between_changes('cells', ['universe', 'classification', 'area_code', 'year']) }}

),

summed as (

    select
        cells.universe,
        cells.classification,
        cells.category_code,
        cells.area_code,
        cells.year,
        sum(cells.export_value) as export_value,
        min(cells.source_id) as source_id,
        max(cells.published_on) as published_on,
        min(cells.snapshot_sha256) as snapshot_sha256,
        case
            when sum(cells.cells) = 1 then min(cells.locator)
            else min(cells.locator) || ' and ' || cast(sum(cells.cells) - 1 as string) || ' more'
        end as locator,
        periods.known_from,
        periods.known_to
    from periods
    inner join cells
        on periods.universe = cells.universe
        and periods.classification = cells.classification
        and periods.area_code = cells.area_code
        and periods.year = cells.year
        and {{ is_known_on('cells', 'periods.known_from') }}
    group by
        cells.universe, cells.classification, cells.category_code, cells.area_code, cells.year,
        periods.known_from, periods.known_to

),

shared as (

    select
        *,
        export_value / nullif(
            sum(export_value) over (partition by universe, classification, area_code, year, known_from), 0
        ) as export_share
    from summed

)

{{ merged(
    'shared', ['universe', 'classification', 'category_code', 'area_code', 'year'],
    ['export_value', 'export_share'],
    newest=['source_id', 'published_on', 'snapshot_sha256', 'locator'],
    summed=['export_value', 'export_share']
) }}
