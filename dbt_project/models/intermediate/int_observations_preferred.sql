-- One value an indicator, area and year, as of each vintage date: of the editions published by then the most
-- authoritative source, then the newest edition, then the series vintage. A cell printed blank is kept, with its
-- reason, only where nothing else gives a value.
with ranked as (

    select
        vintage_dates.as_of,
        observations.*,
        row_number() over (
            partition by vintage_dates.as_of, observations.indicator_id, observations.area_code, observations.year
            order by
                case when observations.value is null then 1 else 0 end,
                sources.authority,
                observations.published_on desc,
                observations.series_vintage,
                observations.source_id,
                observations.file_name,
                observations.locator
        ) as preference
    from {{ ref('int_observations_published') }} as observations
    inner join {{ ref('int_vintage_dates') }} as vintage_dates
        on observations.published_on <= vintage_dates.as_of
    inner join {{ source('raw', 'sources') }} as sources
        on observations.source_id = sources.source_id
    left join {{ ref('int_series_superseded') }} as superseded
        on observations.indicator_id = superseded.indicator_id
        and observations.source_id = superseded.source_id
        and observations.series_vintage = superseded.series_vintage
        and vintage_dates.as_of >= superseded.superseded_on
    where superseded.indicator_id is null

)

select
    as_of,
    indicator_id,
    area_code,
    year,
    value,
    obs_status,
    missing_reason,
    published_on,
    source_id,
    series_vintage,
    snapshot_sha256,
    locator
from ranked
where preference = 1
