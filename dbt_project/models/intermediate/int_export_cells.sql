{%- set printed = [
    'source_id', 'edition', 'published_on', 'series_vintage', 'snapshot_sha256', 'file_name', 'sheet', 'cell',
    'row_number', 'column_number', 'locator', 'table_title', 'area_label', 'text', 'unit_label', 'number_printed',
    'factor', 'currency', 'cny_per_usd'
] -%}
-- The usable export cells of the files that are not held, in 10 thousand yuan, by category: of the customs statistics
-- each in the chapter and section of the edition of the Harmonized System that held in its year, of the input-output
-- tables each in the manufacturing category of its sector. Where a code of the customs statistics stands beside the
-- total of its chapter, heading or subheading, the total alone counts.
with cells as (

    {% for source_id in export_sources() -%}
    select
        cells.*,
        {{ hs_chapter('cells.category_code') }} as chapter,
        exchange_rates.cny_per_usd,
        case
            when cells.currency is null then cells.amount
            else cells.amount * exchange_rates.cny_per_usd
        end as export_value
    from {{ ref('stg_' ~ source_id ~ '__exports') }} as cells
    left join {{ ref('exchange_rates') }} as exchange_rates
        on cells.currency = 'USD'
        and cells.year = exchange_rates.year
    left join {{ ref('int_files_held') }} as held
        on cells.source_id || '/' || cells.snapshot_sha256 = held.file_id
    where held.file_id is null
        and cells.rejection is null
        and cells.flow = 'export'
        and cells.area_code is not null
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

valued as (

    select *
    from cells
    where export_value is not null

),

totals as (

    select distinct
        source_id,
        published_on,
        period_label,
        area_code,
        category_code
    from valued
    where length(category_code) <= 6

)

select
    'io42_manufacturing_17' as classification,
    io_sectors.category_code,
    valued.area_code,
    valued.year,
    valued.period_label,
    valued.export_value,
    cast(null as varchar) as chapter,
    {% for column in printed -%}
    valued.{{ column }},
    {% endfor -%}
    valued.category_code as printed_code,
    valued.category_label as printed_label
from valued
inner join {{ ref('io_sectors') }} as io_sectors
    on valued.category_code = io_sectors.code
    and {{ is_valid_in('io_sectors', 'valued.year') }}
where valued.source_id = 'io_tables'
    and io_sectors.category_code is not null

union all

select
    'hs_section_12' as classification,
    hs_chapters.section as category_code,
    valued.area_code,
    valued.year,
    valued.period_label,
    valued.export_value,
    valued.chapter,
    {% for column in printed -%}
    valued.{{ column }},
    {% endfor -%}
    valued.category_code as printed_code,
    valued.category_label as printed_label
from valued
inner join {{ ref('hs_chapters') }} as hs_chapters
    on valued.chapter = hs_chapters.code
    and {{ is_valid_in('hs_chapters', 'valued.year') }}
{% for digits in (2, 4, 6) -%}
left join totals as totals_{{ digits }}
    on valued.source_id = totals_{{ digits }}.source_id
    and valued.published_on = totals_{{ digits }}.published_on
    and valued.period_label = totals_{{ digits }}.period_label
    and valued.area_code = totals_{{ digits }}.area_code
    and substring(valued.category_code, 1, {{ digits }}) = totals_{{ digits }}.category_code
    and length(valued.category_code) > {{ digits }}
{% endfor -%}
where valued.source_id = 'customs'
    and coalesce(totals_2.category_code, totals_4.category_code, totals_6.category_code) is null
