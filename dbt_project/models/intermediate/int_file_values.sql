-- What each file says, one value a series (indicator and series vintage), category, area and period: the input of
-- the vintage gate. Exports count as one indicator with categories, those of the customs statistics by chapter and by
-- how many digits the codes have; customs files share a publication out among them in many ways (by product, partner or
-- mode of trade), so each of them answers for the sum of its edition.
with exports as (

    select
        *,
        case
            when chapter is null then coalesce(printed_code, '')
            else {{ codes_like('chapter', 'length(printed_code)') }}
        end as category_code
    from {{ ref('stg_cells') }}
    where kind = 'export'
        and is_usable
        and value is not null
        and not {{ is_by_printed_code('classification') }}

),

exports_of_files as (

    select
        file_id,
        source_id,
        edition,
        published_on,
        file_name,
        series_vintage,
        category_code,
        area_code,
        period_label as period,
        min(locator) as locator,
        sum(value) as value
    from exports
    group by
        file_id, source_id, edition, published_on, file_name, series_vintage, category_code, area_code, period_label

),

file_values as (

    select
        file_id,
        source_id,
        edition,
        published_on,
        file_name,
        'exports' as indicator_id,
        series_vintage,
        category_code,
        area_code,
        period,
        locator,
        sum(value) over (
            partition by source_id, edition, series_vintage, category_code, area_code, period
        ) as value,
        cast(null as double) as rounding
    from exports_of_files

    union all

    select
        file_id,
        source_id,
        edition,
        published_on,
        file_name,
        indicator_id,
        series_vintage,
        '' as category_code,
        area_code,
        cast(year as string) as period,
        min(locator) as locator,
        max(value) as value,
        max(rounding) as rounding
    from {{ ref('stg_cells') }}
    where kind = 'observation'
        and is_usable
        and value is not null
    group by file_id, source_id, edition, published_on, file_name, indicator_id, series_vintage, area_code, year

)

select
    file_values.*,
    sources.authority
from file_values
inner join {{ source('raw', 'sources') }} as sources
    on file_values.source_id = sources.source_id
