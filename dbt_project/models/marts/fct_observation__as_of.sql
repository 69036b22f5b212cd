-- The preferred value of each indicator, area and year as it was known on each vintage date, with what is not a
-- published value marked as such.
with observations as (

    select
        as_of,
        indicator_id,
        area_code,
        year,
        value,
        obs_status,
        0 as proxy_level,
        cast(null as varchar) as missing_reason,
        published_on,
        source_id,
        series_vintage,
        snapshot_sha256,
        locator,
        is_imputed
    from {{ ref('int_observations_known') }}

    union all

    select
        as_of,
        indicator_id,
        area_code,
        year,
        value,
        obs_status,
        proxy_level,
        cast(null as varchar) as missing_reason,
        published_on,
        cast(null as varchar) as source_id,
        cast(null as varchar) as series_vintage,
        cast(null as varchar) as snapshot_sha256,
        cast(null as varchar) as locator,
        is_imputed
    from {{ ref('int_observations_derived') }}

    union all

    select
        as_of,
        indicator_id,
        area_code,
        year,
        value,
        'X' as obs_status,
        3 as proxy_level,
        cast(null as varchar) as missing_reason,
        published_on,
        cast(null as varchar) as source_id,
        cast(null as varchar) as series_vintage,
        cast(null as varchar) as snapshot_sha256,
        cast(null as varchar) as locator,
        is_imputed
    from {{ ref('int_observations_national') }}

),

blanks as (

    select preferred.*
    from {{ ref('int_observations_preferred') }} as preferred
    left join observations
        on preferred.as_of = observations.as_of
        and preferred.indicator_id = observations.indicator_id
        and preferred.area_code = observations.area_code
        and preferred.year = observations.year
    where preferred.value is null
        and observations.indicator_id is null

),

combined as (

    select * from observations
    union all
    select
        as_of,
        indicator_id,
        area_code,
        year,
        value,
        cast(null as varchar) as obs_status,
        0 as proxy_level,
        missing_reason,
        published_on,
        source_id,
        series_vintage,
        snapshot_sha256,
        locator,
        false as is_imputed
    from blanks

)

select
    combined.as_of,
    combined.indicator_id,
    combined.area_code,
    combined.year,
    combined.value,
    indicators.unit,
    combined.obs_status,
    combined.proxy_level,
    combined.missing_reason,
    combined.published_on,
    combined.source_id,
    combined.series_vintage,
    combined.snapshot_sha256,
    combined.locator,
    combined.is_imputed
from combined
inner join {{ ref('indicators') }} as indicators
    on combined.indicator_id = indicators.indicator_id
