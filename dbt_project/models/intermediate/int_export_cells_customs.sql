-- The usable export cells of the customs statistics, in 10 thousand yuan. int_export_periods_customs says which of
-- them count as of a date.
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
    hs_chapters.category_code as section_code,
    cells.text,
    cells.unit_label,
    cells.number_printed,
    cells.factor,
    cells.currency,
    exchange_rates.cny_per_usd,
    case
        when cells.currency is null then cells.amount
        else cells.amount * exchange_rates.cny_per_usd
    end as export_value
from {{ ref('stg_customs__exports') }} as cells
inner join {{ ref('hs_chapters') }} as hs_chapters
    on substring(cells.category_code, 1, 2) = hs_chapters.chapter
left join {{ ref('exchange_rates') }} as exchange_rates
    on cells.currency = 'USD'
    and cells.year = exchange_rates.year
where cells.rejection is null
    and cells.flow = 'export'
    and cells.area_code is not null
    and cells.amount is not null
    and (cells.currency is null or exchange_rates.year is not null)
