-- Every usable observation of the files that are not held back, in the standard unit. Where two files of one source and
-- day were accepted although they differ, neither value of the two counts.
{%- set printed_as_one = [
    'indicator_id', 'area_code', 'year', 'source_id', 'published_on', 'series_vintage'
] %}
with cells as (

    select cells.*
    from {{ ref('stg_cells') }} as cells
    left join {{ ref('int_files_held') }} as held
        on cells.file_id = held.file_id
    where cells.kind = 'observation'
        and cells.is_usable
        and held.file_id is null

),

at_odds as (

    select
        {{ printed_as_one | join(',\n        ') }},
        coalesce(currency, '') as currency
    from cells
    group by {{ printed_as_one | join(', ') }}, coalesce(currency, '')
    having max(value - rounding) > min(value + rounding)

)

select
    cells.indicator_id,
    cells.area_code,
    cells.year,
    cells.source_id,
    cells.published_on,
    cells.series_vintage,
    cells.obs_status,
    cells.missing_reason,
    cells.snapshot_sha256,
    cells.file_name,
    cells.locator,
    cells.edition,
    cells.sheet,
    cells.cell,
    cells.row_number,
    cells.column_number,
    cells.table_title,
    cells.indicator_label,
    cells.area_label,
    cells.text,
    cells.unit_label,
    cells.number_printed,
    cells.factor,
    cells.currency,
    cells.cny_per_usd,
    cells.is_corrected,
    cells.rounding,
    cells.value
from cells
left join at_odds
    on coalesce(cells.currency, '') = at_odds.currency
    {% for column in printed_as_one -%}
    and cells.{{ column }} = at_odds.{{ column }}
    {% endfor -%}
where cells.value is null
    or at_odds.indicator_id is null
