{%- set cell = ['indicator_id', 'area_code', 'year'] -%}
{%- set values = [
    'value', 'obs_status', 'missing_reason', 'published_on', 'source_id', 'series_vintage', 'snapshot_sha256', 'locator'
] -%}
-- One value an indicator, area and year at any time: of the editions published by then the most authoritative source,
-- then the newest edition, then the series vintage. A cell printed blank is kept, with its reason, only where nothing
-- else gives a value. What is published first holds until something better is.
-- Of an indicator with changing bases one series counts at a time, all areas and years of it: that of the most
-- authoritative source, then the one published last. The others are replaced on the day on which a better one comes;
-- an older base does not fill what the newer one leaves blank.
with series as (

    select
        published.indicator_id,
        published.source_id,
        published.series_vintage,
        sources.authority,
        min(published.published_on) as first_published_on
    from {{ ref('int_observations_published') }} as published
    inner join {{ ref('indicators') }} as indicators
        on published.indicator_id = indicators.indicator_id
        and indicators.is_rebased
    inner join {{ source('raw', 'sources') }} as sources
        on published.source_id = sources.source_id
    where published.value is not null
    group by published.indicator_id, published.source_id, published.series_vintage, sources.authority

),

ranked_series as (

    select
        *,
        row_number() over (
            partition by indicator_id
            order by authority, first_published_on desc, series_vintage desc, source_id
        ) as preference
    from series

),

superseded as (

    select
        older.indicator_id,
        older.source_id,
        older.series_vintage,
        min(newer.first_published_on) as superseded_on
    from ranked_series as older
    inner join ranked_series as newer
        on older.indicator_id = newer.indicator_id
        and older.preference > newer.preference
    group by older.indicator_id, older.source_id, older.series_vintage

),

seasons as (

    -- between two replacements of a series with another base the same series count
    select
        indicator_id,
        begins_on,
        lead(begins_on) over (partition by indicator_id order by begins_on) as ends_on
    from (
        select
            indicator_id,
            date '0001-01-01' as begins_on
        from {{ ref('int_observations_published') }}
        union
        select
            indicator_id,
            superseded_on as begins_on
        from superseded
    ) as beginnings

),

observations as (

    select
        published.*,
        sources.authority,
        seasons.begins_on,
        seasons.ends_on,
        case
            when published.published_on > seasons.begins_on then published.published_on
            else seasons.begins_on
        end as known_from
    from {{ ref('int_observations_published') }} as published
    inner join seasons
        on published.indicator_id = seasons.indicator_id
        and coalesce(published.published_on < seasons.ends_on, true)
    inner join {{ source('raw', 'sources') }} as sources
        on published.source_id = sources.source_id
    left join superseded
        on published.indicator_id = superseded.indicator_id
        and published.source_id = superseded.source_id
        and published.series_vintage = superseded.series_vintage
        and seasons.begins_on >= superseded.superseded_on
    where superseded.indicator_id is null

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
