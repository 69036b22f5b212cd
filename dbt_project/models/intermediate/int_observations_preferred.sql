-- One value an indicator, area and year: the most authoritative source, then the newest edition, then the
-- series vintage. A cell printed blank is kept, with its reason, only where nothing else gives a value.
with ranked as (

    select
        observations.*,
        row_number() over (
            partition by observations.indicator_id, observations.area_code, observations.year
            order by
                case when observations.value is null then 1 else 0 end,
                sources.authority,
                observations.published_on desc,
                observations.series_vintage,
                observations.source_id,
                observations.file_name,
                observations.locator
        ) as preference
    from {{ ref('int_observations_unioned') }} as observations
    inner join {{ ref('sources') }} as sources
        on observations.source_id = sources.source_id

)

select
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
