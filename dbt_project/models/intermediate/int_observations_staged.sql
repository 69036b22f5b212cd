-- Every usable cell of every source, of held files too, in the standard unit; amounts in dollars at the mean rate
-- of their year.
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
    exchange_rates.cny_per_usd,
    cells.is_corrected,
    case
        when cells.currency is null then cells.amount
        else cells.amount * exchange_rates.cny_per_usd
    end as value
from {{ ref('int_observations_corrected') }} as cells
left join {{ ref('exchange_rates') }} as exchange_rates
    on cells.currency = 'USD'
    and cells.year = exchange_rates.year
where cells.rejection is null
    and cells.indicator_id is not null
    and cells.area_code is not null
    and (cells.currency is null or exchange_rates.year is not null)
