-- Each series of a file beside the same series of every file published before it, in the cells that both have.
-- `preference` says which of these is the measure (1 first): a source of at least the same authority, then one that
-- shares at least half as many cells as the best, then the newest.
with cells as (

    select
        filed.source_id,
        filed.snapshot_sha256,
        filed.indicator_id,
        filed.series_vintage,
        filed.area_code,
        filed.period,
        filed.category_code,
        filed.value,
        filed.locator,
        earlier.source_id as earlier_source_id,
        earlier.snapshot_sha256 as earlier_snapshot_sha256,
        earlier.series_vintage as earlier_series_vintage,
        earlier.published_on as earlier_published_on,
        earlier.value as earlier_value,
        earlier.locator as earlier_locator,
        case when earlier.value <> 0 then filed.value / earlier.value end as ratio,
        case
            when filed.value * earlier.value > 0 then log10(filed.value / earlier.value)
        end as power
    from {{ ref('int_values_gathered') }} as filed
    inner join {{ ref('int_values_gathered') }} as earlier
        on filed.indicator_id = earlier.indicator_id
        and filed.category_code = earlier.category_code
        and filed.area_code = earlier.area_code
        and filed.period = earlier.period
        and filed.published_on > earlier.published_on

),

judged as (

    select
        *,
        case when round(power) <> 0 and abs(power - round(power)) < 0.05 then 1.0 else 0.0 end as is_jump
    from cells

),

-- of many small categories of exports one may move by chance: an area and period jumps when most of it does
by_place as (

    select
        *,
        avg(is_jump) over (
            partition by
                source_id, snapshot_sha256, indicator_id, series_vintage,
                earlier_source_id, earlier_snapshot_sha256, earlier_series_vintage, area_code, period
        ) as share_jumped
    from judged

),

ranked as (

    select
        *,
        case when is_jump = 1 and share_jumped >= 0.5 then 1 else 0 end as counts_as_jump,
        row_number() over (
            partition by
                source_id, snapshot_sha256, indicator_id, series_vintage,
                earlier_source_id, earlier_snapshot_sha256, earlier_series_vintage
            order by
                case when is_jump = 1 and share_jumped >= 0.5 then 0 else 1 end,
                abs(coalesce(power, 0)) desc,
                area_code,
                period,
                category_code
        ) as example
    from by_place

),

compared as (

    select
        source_id,
        snapshot_sha256,
        indicator_id,
        series_vintage,
        earlier_source_id,
        earlier_snapshot_sha256,
        earlier_series_vintage,
        earlier_published_on,
        count(*) as cells_compared,
        sum(counts_as_jump) as cells_jumped,
        sum(case when abs(ratio - 1) < 0.01 or value = earlier_value then 1 else 0 end) as cells_equal,
        percentile_cont(0.5) within group (order by ratio) as median_ratio,
        max(case when example = 1 then area_code end) as example_area_code,
        max(case when example = 1 then period end) as example_period,
        max(case when example = 1 then value end) as example_value,
        max(case when example = 1 then locator end) as example_locator,
        max(case when example = 1 then earlier_value end) as example_earlier_value,
        max(case when example = 1 then earlier_locator end) as example_earlier_locator
    from ranked
    group by
        source_id, snapshot_sha256, indicator_id, series_vintage,
        earlier_source_id, earlier_snapshot_sha256, earlier_series_vintage, earlier_published_on

),

weighed as (

    select
        compared.*,
        case when earlier_sources.authority > sources.authority then 1 else 0 end as is_of_less_authority
    from compared
    inner join {{ ref('sources') }} as sources
        on compared.source_id = sources.source_id
    inner join {{ ref('sources') }} as earlier_sources
        on compared.earlier_source_id = earlier_sources.source_id

),

sized as (

    select
        *,
        case
            when 2 * cells_compared >= max(cells_compared) over (
                partition by source_id, snapshot_sha256, indicator_id, series_vintage, is_of_less_authority
            ) then 0 else 1
        end as is_small
    from weighed

)

select
    *,
    dense_rank() over (
        partition by source_id, snapshot_sha256, indicator_id, series_vintage
        order by is_of_less_authority, is_small, earlier_published_on desc
    ) as preference
from sized
