-- The usable export cells of the files that are not held, in 10 thousand yuan, by category: of the customs statistics
-- each in the chapter and section of the edition of the Harmonized System that held in its year, of the input-output
-- tables each in the manufacturing category of its sector. Where a code of the customs statistics stands beside the
-- total of its chapter, heading or subheading, the total alone counts. Rows of trade statistics are here as the sums
-- that staging made of them within a file; a sum alone has a last row.
with cells as (

    select cells.*
    from {{ ref('stg_cells') }} as cells
    left join {{ ref('int_files_held') }} as held
        on cells.file_id = held.file_id
    where cells.kind = 'export'
        and cells.is_usable
        and cells.value is not null
        and cells.export_category_code is not null
        and held.file_id is null

),

totals as (

    select distinct
        source_id,
        published_on,
        period_label,
        area_code,
        printed_code
    from cells
    where chapter is not null
        and length(printed_code) <= {{ digits_of_totals() | max }}

)

select
    cells.classification,
    cells.export_category_code as category_code,
    cells.area_code,
    cells.year,
    cells.period_label,
    cells.value as export_value,
    cells.source_id,
    cells.edition,
    cells.published_on,
    cells.series_vintage,
    cells.snapshot_sha256,
    cells.file_name,
    cells.sheet,
    cells.cell,
    cells.row_number,
    cells.column_number,
    cells.locator,
    cells.cells,
    case when cells.alone = 0 then cells.last_row_number end as last_row_number,
    cells.table_title,
    cells.area_label,
    cells.printed_code,
    cells.printed_label,
    cells.text,
    cells.unit_label,
    cells.number_printed,
    cells.factor,
    cells.currency,
    cells.cny_per_usd
from cells
{% for digits in digits_of_totals() -%}
left join totals as totals_{{ digits }}
    on cells.chapter is not null
    and cells.source_id = totals_{{ digits }}.source_id
    and cells.published_on = totals_{{ digits }}.published_on
    and cells.period_label = totals_{{ digits }}.period_label
    and cells.area_code = totals_{{ digits }}.area_code
    and substring(cells.printed_code, 1, {{ digits }}) = totals_{{ digits }}.printed_code
    and length(cells.printed_code) > {{ digits }}
{% endfor -%}
where true
    {% for digits in digits_of_totals() -%}
    and totals_{{ digits }}.printed_code is null
    {% endfor %}
