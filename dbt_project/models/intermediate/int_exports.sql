-- Exports by category, in 10 thousand yuan (by printed code in thousand US dollars), and the share of each category in
-- the exports of the area and year:
-- s(i, j) = x(i, j) / sum over j of x(i, j). An area without exports has no shares. Where an edition prints again what
-- the one before it printed, the newest is named.
with summed as (

    select
        baskets.basket,
        baskets.universe,
        baskets.classification,
        cells.category_code,
        baskets.area_code,
        baskets.year,
        sum(cells.export_value) as export_value,
        min(cells.source_id) as source_id,
        max(cells.published_on) as published_on,
        min(cells.snapshot_sha256) as snapshot_sha256,
        case
            when sum(cells.cells) = 1 then min(cells.locator)
            else min(cells.locator) || ' and ' || cast(sum(cells.cells) - 1 as string) || ' more'
        end as locator,
        baskets.known_from,
        baskets.known_to
    from {{ ref('int_export_baskets') }} as baskets
    inner join {{ ref('int_export_cells_counted') }} as cells
        on baskets.classification = cells.classification
        and baskets.area_code = cells.area_code
        and baskets.year = cells.year
        and {{ is_known_on('cells', 'baskets.known_from') }}
    left join {{ ref('product_categories') }} as product_categories
        on cells.classification = product_categories.classification
        and cells.category_code = product_categories.category_code
    where product_categories.category_code is not null
        or {{ is_by_printed_code('cells.classification') }}
    group by
        baskets.basket, baskets.universe, baskets.classification, cells.category_code, baskets.area_code, baskets.year,
        baskets.known_from, baskets.known_to

),

shared as (

    select
        *,
        export_value / nullif(
            sum(export_value) over (partition by basket, known_from), 0
        ) as export_share
    from summed

)

{{ merged(
    'shared', ['basket', 'category_code', 'universe', 'classification', 'area_code', 'year'],
    ['export_value', 'export_share'],
    newest=['source_id', 'published_on', 'snapshot_sha256', 'locator'],
    summed=['export_value', 'export_share']
) }}
