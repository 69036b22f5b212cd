-- Every value ever published. Copies of a cell (one table as .xls and as .xlsx) collapse to one row;
-- the test copies_of_a_cell_agree stops the release when they differ.
with ranked as (

    select
        observations.*,
        indicators.unit,
        row_number() over (
            partition by
                observations.indicator_id, observations.area_code, observations.year,
                observations.source_id, observations.published_on, observations.series_vintage
            order by observations.file_name, observations.locator
        ) as copy_number
    from {{ ref('int_observations_published') }} as observations
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id
    where observations.value is not null

)

select
    indicator_id,
    area_code,
    year,
    source_id,
    published_on,
    series_vintage,
    value,
    unit,
    obs_status,
    0 as proxy_level,
    missing_reason,
    is_corrected,
    snapshot_sha256,
    locator
from ranked
where copy_number = 1
