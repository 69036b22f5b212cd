{%- set cell = ['indicator_id', 'area_code', 'year'] -%}
{%- set values = [
    'value', 'obs_status', 'missing_reason', 'published_on', 'source_id', 'series_vintage', 'snapshot_sha256', 'locator',
    'base'
] -%}
-- One value an indicator, area and year at any time: of the editions published by then the most authoritative source,
-- then the newest edition, then the series vintage. A cell printed blank is kept, with its reason, only where nothing
-- else gives a value. What is published first holds until something better is.
-- Of an indicator with changing bases one series counts at a time, all areas and years of it: that of the most
-- authoritative source, then the one published last. The others are replaced on the day on which a better one comes;
-- an older base does not fill what the newer one leaves blank. Prices of one year, which units name, are a base too,
-- whoever prints them.
with based as (

    select
        published.*,
        sources.authority,
        {{ base_of('published', 'indicators') }} as base
    from {{ ref('int_observations_published') }} as published
    inner join {{ ref('indicators') }} as indicators
        on published.indicator_id = indicators.indicator_id
    inner join {{ source('raw', 'sources') }} as sources
        on published.source_id = sources.source_id

),

series as (

    select
        indicator_id,
        base,
        source_id,
        series_vintage,
        authority,
        min(published_on) as first_published_on
    from based
    where base is not null
        and value is not null
    group by indicator_id, base, source_id, series_vintage, authority

),

-- on each day on which a series begins, the best of those that are there
ranked_series as (

    select
        dates.indicator_id,
        dates.first_published_on as begins_on,
        series.base,
        row_number() over (
            partition by dates.indicator_id, dates.first_published_on
            order by
                series.authority, series.first_published_on desc, series.series_vintage desc, series.source_id
        ) as preference
    from (
        select distinct
            beginnings.indicator_id,
            beginnings.first_published_on
        from series as beginnings
    ) as dates
    inner join series
        on dates.indicator_id = series.indicator_id
        and dates.first_published_on >= series.first_published_on

),

best_series as (

    select
        *,
        lag(base) over (partition by indicator_id order by begins_on) as base_before
    from ranked_series
    where preference = 1

),

seasons as (

    -- between two changes the same base counts
    select
        indicator_id,
        base,
        begins_on,
        lead(begins_on) over (partition by indicator_id order by begins_on) as ends_on
    from (
        select distinct
            indicator_id,
            cast(null as string) as base,
            date '0001-01-01' as begins_on
        from based
        union all
        select
            indicator_id,
            base,
            begins_on
        from best_series
        where base is distinct from base_before
    ) as beginnings

),

observations as (

    select
        based.*,
        seasons.begins_on,
        seasons.ends_on,
        case
            when based.published_on > seasons.begins_on then based.published_on
            else seasons.begins_on
        end as known_from
    from based
    inner join seasons
        on based.indicator_id = seasons.indicator_id
        and coalesce(based.published_on < seasons.ends_on, true)
    where coalesce(based.base = seasons.base, true)

),

compared as (

    select
        *,
        -- from when on something better is known
        min(known_from) over (
            partition by indicator_id, area_code, year, begins_on
            order by
                case when value is null then 1 else 0 end,
                authority,
                published_on desc,
                series_vintage,
                source_id,
                case when currency is null then 0 else 1 end,
                rounding,
                file_name,
                locator
            rows between unbounded preceding and 1 preceding
        ) as bettered_on
    from observations

),

preferred as (

    select
        {{ cell | join(', ') }},
        {{ values | join(', ') }},
        known_from,
        coalesce(bettered_on, ends_on) as known_to
    from compared
    where coalesce(bettered_on > known_from, true)

)

{{ merged('preferred', cell, values) }}
