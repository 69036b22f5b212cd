-- Each value of an edition beside what the source's edition before it printed for the same area and year: the row that
-- ended when this one was published. Of several vintages that an edition prints, that of the same name.
{{ config(materialized='ephemeral') }}
with pairs as (

    select
        newer.indicator_id,
        newer.area_code,
        newer.year,
        newer.source_id,
        newer.published_on,
        newer.series_vintage,
        newer.value,
        newer.unit,
        newer.snapshot_sha256,
        newer.locator,
        older.published_on as previous_published_on,
        older.series_vintage as previous_series_vintage,
        older.value as previous_value,
        older.snapshot_sha256 as previous_snapshot_sha256,
        older.locator as previous_locator,
        row_number() over (
            partition by
                newer.indicator_id, newer.area_code, newer.year,
                newer.source_id, newer.published_on, newer.series_vintage
            order by
                case when older.series_vintage = newer.series_vintage then 0 else 1 end,
                older.series_vintage
        ) as copy_number
    from {{ ref('fct_observation__vintages') }} as newer
    inner join {{ ref('fct_observation__vintages') }} as older
        on newer.indicator_id = older.indicator_id
        and newer.area_code = older.area_code
        and newer.year = older.year
        and newer.source_id = older.source_id
        and newer.published_on = older.known_to

),

compared as (

    select
        *,
        value / nullif(previous_value, 0) - 1 as relative_change
    from pairs
    where copy_number = 1

),

editions as (

    select
        indicator_id,
        source_id,
        published_on,
        series_vintage,
        count(*) as cells_compared
    from compared
    group by indicator_id, source_id, published_on, series_vintage

),

-- how the areas were revised on the whole, by year
medians as (

    select
        indicator_id,
        source_id,
        published_on,
        series_vintage,
        year,
        count(*) as areas,
        percentile_cont(0.5) within group (order by relative_change) as median_relative_change
    from compared
    where relative_change is not null
    group by indicator_id, source_id, published_on, series_vintage, year

)

select
    compared.indicator_id,
    compared.area_code,
    compared.year,
    compared.source_id,
    compared.published_on,
    compared.series_vintage,
    compared.value,
    compared.unit,
    compared.snapshot_sha256,
    compared.locator,
    compared.previous_published_on,
    compared.previous_series_vintage,
    compared.previous_value,
    compared.previous_snapshot_sha256,
    compared.previous_locator,
    compared.relative_change,
    editions.cells_compared,
    medians.areas,
    medians.median_relative_change
from compared
inner join editions
    on compared.indicator_id = editions.indicator_id
    and compared.source_id = editions.source_id
    and compared.published_on = editions.published_on
    and compared.series_vintage = editions.series_vintage
left join medians
    on compared.indicator_id = medians.indicator_id
    and compared.source_id = medians.source_id
    and compared.published_on = medians.published_on
    and compared.series_vintage = medians.series_vintage
    and compared.year = medians.year
where abs(compared.value - compared.previous_value) > 1e-9 * abs(compared.previous_value)
