-- The usable export cells of the files that are not held back, in 10 thousand yuan, each in its category. Where a code
-- stands beside the total of its chapter, heading or subheading, the total alone counts.
{%- set printed = [
    'edition', 'file_name', 'sheet', 'cell', 'row_number', 'column_number', 'locator', 'table_title', 'area_label',
    'period_label', 'text', 'unit_label', 'number_printed', 'factor', 'currency'
] %}
with cells as (

    select
        cells.*,
        {{ hs_chapter('cells.category_code') }} as chapter,
        exchange_rates.cny_per_usd,
        case
            when cells.currency is null then cells.amount
            else cells.amount * exchange_rates.cny_per_usd
        end as export_value
    from {{ ref('stg_customs__exports') }} as cells
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

totals as (

    select distinct
        published_on,
        period_label,
        area_code,
        category_code
    from cells
    where length(category_code) <= 6
        and export_value is not null

)

select
    'hs_section_12' as classification,
    hs_chapters.section as category_code,
    cells.area_code,
    cells.year,
    cells.export_value,
    cells.chapter,
    cells.source_id,
    cells.published_on,
    cells.series_vintage,
    cells.snapshot_sha256,
    cells.category_code as printed_code,
    cells.category_label as printed_label,
    {% for column in printed -%}
    cells.{{ column }},
    {% endfor -%}
    cells.cny_per_usd
from cells
inner join {{ ref('hs_chapters') }} as hs_chapters
    on cells.chapter = hs_chapters.code
    and {{ is_valid_in('hs_chapters', 'cells.year') }}
{% for digits in (2, 4, 6) -%}
left join totals as totals_{{ digits }}
    on cells.published_on = totals_{{ digits }}.published_on
    and cells.period_label = totals_{{ digits }}.period_label
    and cells.area_code = totals_{{ digits }}.area_code
    and substring(cells.category_code, 1, {{ digits }}) = totals_{{ digits }}.category_code
    and length(cells.category_code) > {{ digits }}
{% endfor -%}
where coalesce(totals_2.category_code, totals_4.category_code, totals_6.category_code) is null
    and cells.export_value is not null

union all

select
    'io42_manufacturing_17' as classification,
    io_sectors.category_code,
    cells.area_code,
    cells.year,
    cells.amount as export_value,
    cast(null as varchar) as chapter,
    cells.source_id,
    cells.published_on,
    cells.series_vintage,
    cells.snapshot_sha256,
    cells.category_code as printed_code,
    cells.category_label as printed_label,
    {% for column in printed -%}
    cells.{{ column }},
    {% endfor -%}
    cast(null as double) as cny_per_usd
from {{ ref('stg_io_tables__exports') }} as cells
inner join {{ ref('io_sectors') }} as io_sectors
    on cells.category_code = io_sectors.code
    and {{ is_valid_in('io_sectors', 'cells.year') }}
left join {{ ref('int_files_held') }} as held
    on cells.source_id || '/' || cells.snapshot_sha256 = held.file_id
where held.file_id is null
    and cells.rejection is null
    and cells.flow = 'export'
    and cells.area_code is not null
    and cells.amount is not null
