-- The published values that may stand in one series: all but those of a superseded base.
select
    published.indicator_id,
    published.area_code,
    published.year,
    published.source_id,
    published.published_on,
    published.series_vintage,
    published.obs_status,
    published.missing_reason,
    published.snapshot_sha256,
    published.file_name,
    published.locator,
    published.text,
    published.value
from {{ ref('int_observations_published') }} as published
left join {{ ref('int_series_superseded') }} as superseded
    on published.indicator_id = superseded.indicator_id
    and published.source_id = superseded.source_id
    and published.series_vintage = superseded.series_vintage
where superseded.indicator_id is null
