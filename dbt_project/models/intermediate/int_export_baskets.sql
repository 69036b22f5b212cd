-- The export baskets: what an area exported in a year by the categories of a classification, of each universe that
-- has the area, and the times between two changes of a cell in it. Economies export by printed code, in dollars: of
-- categories in yuan, as in the input-output table of China, no other economy has any. Exports are millions, so they
-- are joined by the number of their basket alone.
with cells as (

    select
        areas.universe,
        cells.classification,
        cells.area_code,
        cells.year,
        cells.known_from,
        cells.known_to
    from {{ ref('int_export_cells_counted') }} as cells
    inner join {{ ref('int_universe_areas') }} as areas
        on cells.area_code = areas.area_code
    inner join {{ ref('universes') }} as universes
        on areas.universe = universes.universe
        and {{ is_by_printed_code('cells.classification') }} = (universes.level = 'country')

),

periods as (

    {{ periods_between_changes('cells', ['universe', 'classification', 'area_code', 'year']) }}

)

select
    dense_rank() over (order by universe, classification, area_code, year) as basket,
    universe,
    classification,
    area_code,
    year,
    known_from,
    known_to
from periods
