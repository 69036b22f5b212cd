-- The usable export cells of the customs statistics, in 10 thousand yuan, each in the chapter and section of the
-- edition of the Harmonized System that held in its year. Where a code stands beside the total of its chapter,
-- heading or subheading, the total alone counts. int_export_periods_customs says which periods count as of a date.
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
    cells.source_id,
    cells.edition,
    cells.published_on,
    cells.snapshot_sha256,
    cells.file_name,
    cells.sheet,
    cells.cell,
    cells.row_number,
    cells.column_number,
    cells.locator,
    cells.table_title,
    cells.area_label,
    cells.area_code,
    cells.year,
    cells.period_label,
    cells.category_code,
    cells.category_label,
    cells.chapter,
    hs_chapters.section as section_code,
    cells.text,
    cells.unit_label,
    cells.number_printed,
    cells.factor,
    cells.currency,
    cells.cny_per_usd,
    cells.export_value
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
