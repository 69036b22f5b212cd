-- Series of an indicator with changing bases that another series has replaced: that of a source with more
-- authority, or of the same authority and first published later. One base serves all areas and years; the older one
-- does not fill what the newer one leaves blank.
with series as (

    select
        published.indicator_id,
        published.source_id,
        published.series_vintage,
        sources.authority,
        min(published.published_on) as first_published_on,
        min(published.year) as first_year,
        max(published.year) as last_year
    from {{ ref('int_observations_published') }} as published
    inner join {{ ref('rebased_indicators') }} as rebased
        on published.indicator_id = rebased.indicator_id
    inner join {{ source('raw', 'sources') }} as sources
        on published.source_id = sources.source_id
    where published.value is not null
    group by published.indicator_id, published.source_id, published.series_vintage, sources.authority

),

ranked as (

    select
        *,
        row_number() over (
            partition by indicator_id
            order by authority, first_published_on desc, series_vintage desc, source_id
        ) as preference
    from series

)

select
    older.indicator_id,
    older.source_id,
    older.series_vintage,
    older.first_year,
    older.last_year,
    min(newer.first_published_on) as superseded_on
from ranked as older
inner join ranked as newer
    on older.indicator_id = newer.indicator_id
    and older.preference > newer.preference
group by older.indicator_id, older.source_id, older.series_vintage, older.first_year, older.last_year
