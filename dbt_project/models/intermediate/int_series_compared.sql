-- Each series of a file beside the same series of every file published before it, year by year, in the cells that
-- both have. `preference` says which earlier file is the measure of a year (1 first): one of a source of at least
-- the same authority, then one that shares at least half as many cells as any, then the newest.
with cells as (

    select
        filed.file_id,
        filed.indicator_id,
        filed.series_vintage,
        filed.period,
        earlier.file_id as measure_file_id,
        earlier.series_vintage as measure_series_vintage,
        earlier.published_on as measure_published_on,
        case when earlier.authority > filed.authority then 1 else 0 end as is_of_less_authority,
        filed.area_code,
        filed.category_code,
        filed.value,
        filed.locator,
        earlier.value as measure_value,
        earlier.locator as measure_locator,
        case when earlier.value <> 0 then filed.value / earlier.value end as ratio,
        case when filed.value * earlier.value > 0 then log10(filed.value / earlier.value) else 0 end as power
    from {{ ref('int_file_values') }} as filed
    inner join {{ ref('int_file_values') }} as earlier
        on filed.indicator_id = earlier.indicator_id
        and filed.category_code = earlier.category_code
        and filed.area_code = earlier.area_code
        and filed.period = earlier.period
        and filed.published_on > earlier.published_on

),

judged as (

    select
        *,
        case when round(power) <> 0 and abs(power - round(power)) < 0.05 then 1.0 else 0.0 end as has_power_of_ten
    from cells

),

-- of many small categories of exports one may move by chance: an area jumps when at least half of its cells do
by_area as (

    select
        *,
        avg(has_power_of_ten) over (
            partition by
                file_id, indicator_id, series_vintage, period, measure_file_id, measure_series_vintage, area_code
        ) as share_of_area
    from judged

),

examples as (

    select
        *,
        case when has_power_of_ten = 1 and share_of_area >= 0.5 then 1 else 0 end as is_jump,
        row_number() over (
            partition by file_id, indicator_id, series_vintage, period, measure_file_id, measure_series_vintage
            order by
                case when share_of_area >= 0.5 then has_power_of_ten else 0 end desc,
                abs(power) desc,
                area_code,
                category_code
        ) as place
    from by_area

),

compared as (

    select
        file_id,
        indicator_id,
        series_vintage,
        period,
        measure_file_id,
        measure_series_vintage,
        measure_published_on,
        is_of_less_authority,
        count(*) as cells_compared,
        sum(is_jump) as cells_jumped,
        sum(case when ratio > 2 then 1 else 0 end) as cells_above_double,
        sum(case when ratio < 0.5 then 1 else 0 end) as cells_below_half,
        sum(case when abs(ratio - 1) < 0.01 or value = measure_value then 1 else 0 end) as cells_equal,
        percentile_cont(0.5) within group (order by ratio) as median_ratio,
        max(abs(power)) as example_power,
        max(case when place = 1 then area_code end) as example_area_code,
        max(case when place = 1 then value end) as example_value,
        max(case when place = 1 then locator end) as example_locator,
        max(case when place = 1 then measure_value end) as example_measure_value,
        max(case when place = 1 then measure_locator end) as example_measure_locator
    from examples
    group by
        file_id, indicator_id, series_vintage, period, measure_file_id, measure_series_vintage,
        measure_published_on, is_of_less_authority

),

sized as (

    select
        *,
        case
            when 2 * cells_compared >= max(cells_compared)
                    over (
                        partition by file_id, indicator_id, series_vintage, period, is_of_less_authority
                    )
                then 0
            else 1
        end as is_small
    from compared

)

select
    *,
    dense_rank() over (
        partition by file_id, indicator_id, series_vintage, period
        order by is_of_less_authority, is_small, measure_published_on desc
    ) as preference
from sized
