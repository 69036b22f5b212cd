-- Each series of a file beside the same series of every file published before it, year by year, in the cells that
-- both have. `preference` says which earlier file is the measure of a year (1 first): one of a source of at least
-- the same authority, then one that shares at least half as many cells as any, then the newest. Editions repeat most
-- of what was printed before, so that cells are compared once for all files that print the same of a year.
{{ config(materialized='ephemeral') }}
with series as (

    select
        file_id,
        indicator_id,
        series_vintage,
        period,
        published_on,
        authority,
        md5(
            {{ joined(
                "category_code || ' ' || area_code || ' ' || cast(value as string)", ',', ['category_code', 'area_code']
            ) }}
        ) as content
    from {{ ref('int_file_values') }}
    group by file_id, indicator_id, series_vintage, period, published_on, authority

),

printers as (

    select
        *,
        row_number() over (
            partition by indicator_id, period, content
            order by file_id, series_vintage
        ) as place
    from series

),

cells_of_content as (

    select
        printers.indicator_id,
        printers.period,
        printers.content,
        cells.category_code,
        cells.area_code,
        cells.value
    from printers
    inner join {{ ref('int_file_values') }} as cells
        on printers.file_id = cells.file_id
        and printers.indicator_id = cells.indicator_id
        and printers.series_vintage = cells.series_vintage
        and printers.period = cells.period
    where printers.place = 1

),

pairs as (

    select
        filed.indicator_id,
        filed.period,
        filed.content,
        earlier.content as measure_content,
        min(filed.published_on) as published_on
    from series as filed
    inner join series as earlier
        on filed.indicator_id = earlier.indicator_id
        and filed.period = earlier.period
        and filed.published_on > earlier.published_on
    group by filed.indicator_id, filed.period, filed.content, earlier.content

),

cells as (

    select
        pairs.indicator_id,
        pairs.period,
        pairs.content,
        pairs.measure_content,
        pairs.published_on,
        filed.area_code,
        filed.category_code,
        filed.value,
        earlier.value as measure_value,
        case when earlier.value <> 0 then filed.value / earlier.value end as ratio,
        case when filed.value * earlier.value > 0 then log10(filed.value / earlier.value) else 0 end as power
    from pairs
    inner join cells_of_content as filed
        on pairs.indicator_id = filed.indicator_id
        and pairs.period = filed.period
        and pairs.content = filed.content
    inner join cells_of_content as earlier
        on pairs.indicator_id = earlier.indicator_id
        and pairs.period = earlier.period
        and pairs.measure_content = earlier.content
        and filed.category_code = earlier.category_code
        and filed.area_code = earlier.area_code

),

-- a value is misplaced that is far nearer to what is known of another area or year than to what is known of its own
misplaced as (

    select
        cells.indicator_id,
        cells.period,
        cells.content,
        cells.measure_content,
        cells.area_code,
        cells.category_code,
        other.other_area_code,
        other.other_period,
        row_number() over (
            partition by
                cells.indicator_id, cells.period, cells.content, cells.measure_content, cells.area_code,
                cells.category_code
            order by other.distance, other.other_area_code, other.other_period
        ) as place
    from cells
    inner join {{ ref('int_values_known_elsewhere') }} as other
        on cells.indicator_id = other.indicator_id
        and cells.period = other.period
        and cells.area_code = other.area_code
        and cells.category_code = other.category_code
        and cells.value = other.value
        and cells.published_on > other.known_from
    where {{ is_misplaced('cells.value', 'cells.measure_value', 'other.distance') }}

),

judged as (

    select
        cells.*,
        misplaced.other_area_code,
        misplaced.other_period,
        case when misplaced.place is not null then 1 else 0 end as is_misplaced,
        case when round(cells.power) <> 0 and abs(cells.power - round(cells.power)) < 0.05 then 1e0 else 0e0 end
            as has_power_of_ten
    from cells
    left join misplaced
        on cells.indicator_id = misplaced.indicator_id
        and cells.period = misplaced.period
        and cells.content = misplaced.content
        and cells.measure_content = misplaced.measure_content
        and cells.area_code = misplaced.area_code
        and cells.category_code = misplaced.category_code
        and misplaced.place = 1

),

-- of many small categories of exports one may move by chance: an area jumps when at least half of its cells do
by_area as (

    select
        *,
        avg(has_power_of_ten) over (
            partition by indicator_id, period, content, measure_content, area_code
        ) as share_of_area
    from judged

),

examples as (

    select
        *,
        case when has_power_of_ten = 1 and share_of_area >= 0.5 then 1 else 0 end as is_jump,
        row_number() over (
            partition by indicator_id, period, content, measure_content
            order by
                case when share_of_area >= 0.5 then has_power_of_ten else 0 end desc,
                abs(power) desc,
                area_code,
                category_code
        ) as place,
        row_number() over (
            partition by indicator_id, period, content, measure_content
            order by is_misplaced desc, abs(power) desc, area_code, category_code
        ) as misplaced_place
    from by_area

),

compared as (

    select
        indicator_id,
        period,
        content,
        measure_content,
        count(*) as cells_compared,
        sum(is_jump) as cells_jumped,
        sum(case when ratio > 2 then 1 else 0 end) as cells_above_double,
        sum(case when ratio < 0.5 then 1 else 0 end) as cells_below_half,
        sum(is_misplaced) as cells_misplaced,
        sum(case when abs(power) > log10(1.5) then 1 else 0 end) as cells_far,
        sum(case when abs(ratio - 1) < 0.01 or value = measure_value then 1 else 0 end) as cells_equal,
        percentile_cont(0.5) within group (order by ratio) as median_ratio,
        max(abs(power)) as example_power,
        max(case when place = 1 then area_code end) as example_area_code,
        max(case when place = 1 then category_code end) as example_category_code,
        max(case when place = 1 then value end) as example_value,
        max(case when place = 1 then measure_value end) as example_measure_value,
        max(case when misplaced_place = 1 then area_code end) as misplaced_area_code,
        max(case when misplaced_place = 1 then category_code end) as misplaced_category_code,
        max(case when misplaced_place = 1 then value end) as misplaced_value,
        max(case when misplaced_place = 1 then measure_value end) as misplaced_measure_value,
        max(case when misplaced_place = 1 then other_area_code end) as misplaced_other_area_code,
        max(case when misplaced_place = 1 then other_period end) as misplaced_other_period
    from examples
    group by indicator_id, period, content, measure_content

),

of_files as (

    select
        filed.file_id,
        filed.series_vintage,
        earlier.file_id as measure_file_id,
        earlier.series_vintage as measure_series_vintage,
        earlier.published_on as measure_published_on,
        case when earlier.authority > filed.authority then 1 else 0 end as is_of_less_authority,
        compared.*
    from series as filed
    inner join series as earlier
        on filed.indicator_id = earlier.indicator_id
        and filed.period = earlier.period
        and filed.published_on > earlier.published_on
    inner join compared
        on filed.indicator_id = compared.indicator_id
        and filed.period = compared.period
        and filed.content = compared.content
        and earlier.content = compared.measure_content

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
    from of_files

)

select
    file_id,
    indicator_id,
    series_vintage,
    period,
    measure_file_id,
    measure_series_vintage,
    measure_published_on,
    cells_compared,
    cells_jumped,
    cells_above_double,
    cells_below_half,
    cells_misplaced,
    cells_far,
    cells_equal,
    median_ratio,
    example_power,
    example_area_code,
    example_category_code,
    example_value,
    example_measure_value,
    misplaced_area_code,
    misplaced_category_code,
    misplaced_value,
    misplaced_measure_value,
    misplaced_other_area_code,
    misplaced_other_period,
    dense_rank() over (
        partition by file_id, indicator_id, series_vintage, period
        order by is_of_less_authority, is_small, measure_published_on desc
    ) as preference
from sized
