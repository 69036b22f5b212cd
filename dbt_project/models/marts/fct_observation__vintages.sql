-- Every value ever published, and until when it was what its source had published last. Copies of a cell (one table as
-- .xls and as .xlsx) collapse to one row: yuan rather than dollars, then the one that is rounded least. Copies that
-- differ by more than rounding hold their files back.
with ranked as (

    select
        observations.*,
        indicators.unit,
        row_number() over (
            partition by
                observations.indicator_id, observations.area_code, observations.year,
                observations.source_id, observations.published_on, observations.series_vintage
            order by
                case when observations.currency is null then 0 else 1 end,
                observations.rounding,
                observations.file_name,
                observations.locator
        ) as copy_number
    from {{ ref('int_observations_published') }} as observations
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id
    where observations.value is not null

),

-- a file may print two vintages of a value: both hold until the next publication
followed as (

    select
        indicator_id,
        area_code,
        year,
        source_id,
        published_on,
        lead(published_on) over (
            partition by indicator_id, area_code, year, source_id
            order by published_on
        ) as next_published_on
    from (
        select distinct
            indicator_id,
            area_code,
            year,
            source_id,
            published_on
        from ranked
    ) as publications

)

select
    ranked.indicator_id,
    ranked.area_code,
    ranked.year,
    ranked.source_id,
    ranked.published_on,
    ranked.series_vintage,
    ranked.value,
    ranked.unit,
    ranked.obs_status,
    0 as proxy_level,
    ranked.missing_reason,
    ranked.is_corrected,
    ranked.snapshot_sha256,
    ranked.locator,
    ranked.published_on as known_from,
    followed.next_published_on as known_to
from ranked
inner join followed
    on ranked.indicator_id = followed.indicator_id
    and ranked.area_code = followed.area_code
    and ranked.year = followed.year
    and ranked.source_id = followed.source_id
    and ranked.published_on = followed.published_on
where ranked.copy_number = 1
