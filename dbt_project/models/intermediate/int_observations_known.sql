-- Reported values and, where a gap inside a series is short, interpolated ones.
select
    as_of,
    indicator_id,
    area_code,
    year,
    value,
    obs_status,
    published_on,
    source_id,
    series_vintage,
    snapshot_sha256,
    locator,
    false as is_imputed
from {{ ref('int_observations_preferred') }}
where value is not null

union all

select
    as_of,
    indicator_id,
    area_code,
    year,
    value,
    'I' as obs_status,
    published_on,
    cast(null as varchar) as source_id,
    cast(null as varchar) as series_vintage,
    cast(null as varchar) as snapshot_sha256,
    cast(null as varchar) as locator,
    true as is_imputed
from {{ ref('int_observations_imputed') }}
