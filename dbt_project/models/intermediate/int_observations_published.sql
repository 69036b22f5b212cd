-- Every usable cell of every source, in the standard unit; amounts in dollars at the mean rate of their year.
with cells as (

    {% for source_id in observation_sources() -%}
    select * from {{ ref('stg_' ~ source_id ~ '__observations') }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

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
    cells.text,
    case
        when cells.currency is null then cells.amount
        else cells.amount * exchange_rates.cny_per_usd
    end as value
from cells
left join {{ ref('exchange_rates') }} as exchange_rates
    on cells.currency = 'USD'
    and cells.year = exchange_rates.year
where cells.rejection is null
    and cells.indicator_id is not null
    and cells.area_code is not null
    and (cells.currency is null or exchange_rates.year is not null)
