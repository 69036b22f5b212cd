-- What each file says, one value a series (indicator and series vintage), category, area and period: the input of
-- the vintage gate. Exports count as one indicator with categories; customs files share a publication out among
-- them in many ways (by product, partner or mode of trade), so each of them answers for the sum of its edition.
with exports as (

    {% for source_id in export_sources() -%}
    select
        cells.source_id,
        cells.edition,
        cells.published_on,
        cells.snapshot_sha256,
        cells.file_name,
        cells.series_vintage,
        cells.category_code,
        cells.area_code,
        cells.period_label as period,
        cells.locator,
        case
            when cells.currency is null then cells.amount
            else cells.amount * exchange_rates.cny_per_usd
        end as value
    from {{ ref('stg_' ~ source_id ~ '__exports') }} as cells
    left join {{ ref('exchange_rates') }} as exchange_rates
        on cells.currency = 'USD'
        and cells.year = exchange_rates.year
    where cells.rejection is null
        and cells.flow = 'export'
        and cells.area_code is not null
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

exports_of_files as (

    select
        source_id,
        edition,
        published_on,
        snapshot_sha256,
        file_name,
        series_vintage,
        coalesce(category_code, '') as category_code,
        area_code,
        period,
        min(locator) as locator,
        sum(value) as value
    from exports
    where value is not null
    group by
        source_id, edition, published_on, snapshot_sha256, file_name, series_vintage, coalesce(category_code, ''),
        area_code, period

),

gathered as (

    select
        source_id,
        edition,
        published_on,
        snapshot_sha256,
        file_name,
        'exports' as indicator_id,
        series_vintage,
        category_code,
        area_code,
        period,
        locator,
        sum(value) over (
            partition by source_id, edition, series_vintage, category_code, area_code, period
        ) as value
    from exports_of_files

    union all

    select
        source_id,
        edition,
        published_on,
        snapshot_sha256,
        file_name,
        indicator_id,
        series_vintage,
        '' as category_code,
        area_code,
        cast(year as varchar) as period,
        min(locator) as locator,
        max(value) as value
    from {{ ref('int_observations_staged') }}
    where value is not null
    group by
        source_id, edition, published_on, snapshot_sha256, file_name, indicator_id, series_vintage, area_code, year

)

select
    gathered.*,
    gathered.source_id || '/' || gathered.snapshot_sha256 as file_id,
    sources.authority
from gathered
inner join {{ ref('sources') }} as sources
    on gathered.source_id = sources.source_id
