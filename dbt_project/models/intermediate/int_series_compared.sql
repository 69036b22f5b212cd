-- Each series of a file beside the same series of every file published before it, year by year, in the cells that
-- both have. `preference` says which earlier file is the measure of a year (1 first): one of a source of at least
-- the same authority, then one that shares at least half as many cells as any, then the newest, and where both print
-- several vintages the one of the same name. Editions repeat most of what was printed before, so that cells are
-- compared once for all files that print the same of a year, and looked at one by one only where the two differ.
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
        ) as content,
        row_number() over (order by indicator_id, period, file_id, series_vintage) as series_id
    from {{ ref('int_file_values') }}
    group by file_id, indicator_id, series_vintage, period, published_on, authority

),

-- what is printed of a year bears the number of the first series that prints it
contents as (

    select
        indicator_id,
        period,
        content,
        min(series_id) as content_id
    from series
    group by indicator_id, period, content

),

numbered as (

    select
        series.*,
        contents.content_id,
        count(*) over (partition by series.file_id, series.indicator_id, series.period) > 1 as is_of_several
    from series
    inner join contents
        on series.indicator_id = contents.indicator_id
        and series.period = contents.period
        and series.content = contents.content
    where {{ is_computed_once() }}

),

cells_of_content as (

    select
        numbered.content_id,
        cells.indicator_id,
        cells.period,
        cells.category_code,
        cells.area_code,
        cells.value
    from numbered
    inner join {{ ref('int_file_values') }} as cells
        on numbered.file_id = cells.file_id
        and numbered.indicator_id = cells.indicator_id
        and numbered.series_vintage = cells.series_vintage
        and numbered.period = cells.period
    where numbered.series_id = numbered.content_id

),

pairs as (

    select
        filed.content_id,
        earlier.content_id as measure_content_id,
        min(filed.published_on) as published_on
    from numbered as filed
    inner join numbered as earlier
        on filed.indicator_id = earlier.indicator_id
        and filed.period = earlier.period
        and filed.published_on > earlier.published_on
    group by filed.content_id, earlier.content_id

),

side_by_side as (

    select
        pairs.content_id,
        pairs.measure_content_id,
        pairs.published_on,
        filed.indicator_id,
        filed.period,
        filed.area_code,
        filed.category_code,
        filed.value,
        earlier.value as measure_value,
        case when earlier.value <> 0 then filed.value / earlier.value end as ratio,
        case when filed.value * earlier.value > 0 then log10(filed.value / earlier.value) else 0 end as power
    from pairs
    inner join cells_of_content as filed
        on pairs.content_id = filed.content_id
    inner join cells_of_content as earlier
        on pairs.measure_content_id = earlier.content_id
        and filed.category_code = earlier.category_code
        and filed.area_code = earlier.area_code

),

cells as (

    select
        *,
        case when round(power) <> 0 and abs(power - round(power)) < 0.05 then 1 else 0 end as has_power_of_ten
    from side_by_side
    where {{ is_computed_once() }}

),

counted as (

    select
        content_id,
        measure_content_id,
        count(*) as cells_compared,
        sum(case when ratio > 2 then 1 else 0 end) as cells_above_double,
        sum(case when ratio < 0.5 then 1 else 0 end) as cells_below_half,
        sum(case when abs(power) > log10(1.5) then 1 else 0 end) as cells_far,
        sum(case when abs(ratio - 1) < 0.01 or value = measure_value then 1 else 0 end) as cells_equal,
        sum(case when abs(ratio - 1) < 0.0005 or value = measure_value then 0 else 1 end) as cells_changed,
        max(abs(power)) as example_power
    from cells
    group by content_id, measure_content_id

),

-- of many small categories of exports one may move by chance: an area jumps when at least half of its cells do
jumping_areas as (

    select
        content_id,
        measure_content_id,
        area_code
    from cells
    group by content_id, measure_content_id, area_code
    having sum(has_power_of_ten) > 0
        and 2 * sum(has_power_of_ten) >= count(*)

),

changed as (

    select
        cells.*,
        case when jumping_areas.area_code is not null then cells.has_power_of_ten else 0 end as is_jump
    from cells
    left join jumping_areas
        on cells.content_id = jumping_areas.content_id
        and cells.measure_content_id = jumping_areas.measure_content_id
        and cells.area_code = jumping_areas.area_code
    where cells.value <> cells.measure_value

),

examples as (

    select
        *,
        sum(is_jump) over (partition by content_id, measure_content_id) as cells_jumped,
        row_number() over (
            partition by content_id, measure_content_id
            order by is_jump desc, abs(power) desc, area_code, category_code
        ) as place
    from changed

),

-- a value is misplaced that is far nearer to what is known of another area or year than to what is known of its own;
-- copied, if it is exactly that and 5 % off its own
misplaced as (

    select
        changed.*,
        case when other.distance < 0.000001 and abs(changed.power) > log10(1.05) then 1 else 0 end as is_copied,
        other.other_area_code,
        other.other_period,
        row_number() over (
            partition by
                changed.content_id, changed.measure_content_id, changed.area_code, changed.category_code
            order by other.distance, other.other_area_code, other.other_period
        ) as place_of_other
    from changed
    inner join {{ ref('int_values_known_elsewhere') }} as other
        on changed.indicator_id = other.indicator_id
        and changed.period = other.period
        and changed.area_code = other.area_code
        and changed.category_code = other.category_code
        and changed.value = other.value
        and changed.published_on > other.known_from
    where {{ is_misplaced('changed.value', 'changed.measure_value', 'other.distance') }}

),

misplaced_examples as (

    select
        *,
        count(*) over (partition by content_id, measure_content_id) as cells_misplaced,
        sum(is_copied) over (partition by content_id, measure_content_id) as cells_copied,
        row_number() over (
            partition by content_id, measure_content_id
            order by abs(power) desc, area_code, category_code
        ) as place
    from misplaced
    where place_of_other = 1

),

of_files as (

    select
        filed.series_id,
        filed.content_id,
        earlier.series_id as measure_series_id,
        earlier.content_id as measure_content_id,
        earlier.published_on as measure_published_on,
        case when earlier.authority > filed.authority then 1 else 0 end as is_of_less_authority,
        case
            when filed.is_of_several and earlier.is_of_several and filed.series_vintage <> earlier.series_vintage then 1
            else 0
        end as is_of_another_vintage,
        counted.cells_compared
    from numbered as filed
    inner join numbered as earlier
        on filed.indicator_id = earlier.indicator_id
        and filed.period = earlier.period
        and filed.published_on > earlier.published_on
    inner join counted
        on filed.content_id = counted.content_id
        and earlier.content_id = counted.measure_content_id

),

most_compared as (

    select
        series_id,
        is_of_less_authority,
        max(cells_compared) as cells_compared
    from of_files
    group by series_id, is_of_less_authority

),

preferred as (

    select
        of_files.series_id,
        of_files.content_id,
        of_files.measure_series_id,
        of_files.measure_content_id,
        dense_rank() over (
            partition by of_files.series_id
            order by
                of_files.is_of_less_authority,
                case when 2 * of_files.cells_compared >= most_compared.cells_compared then 0 else 1 end,
                of_files.measure_published_on desc,
                of_files.is_of_another_vintage
        ) as preference
    from of_files
    inner join most_compared
        on of_files.series_id = most_compared.series_id
        and of_files.is_of_less_authority = most_compared.is_of_less_authority

)

select
    filed.file_id,
    filed.indicator_id,
    filed.series_vintage,
    filed.period,
    earlier.file_id as measure_file_id,
    earlier.series_vintage as measure_series_vintage,
    earlier.published_on as measure_published_on,
    counted.cells_compared,
    coalesce(examples.cells_jumped, 0) as cells_jumped,
    counted.cells_above_double,
    counted.cells_below_half,
    coalesce(misplaced.cells_misplaced, 0) as cells_misplaced,
    counted.cells_changed,
    coalesce(misplaced.cells_copied, 0) as cells_copied,
    counted.cells_far,
    counted.cells_equal,
    counted.example_power,
    examples.area_code as example_area_code,
    examples.category_code as example_category_code,
    examples.value as example_value,
    examples.measure_value as example_measure_value,
    misplaced.area_code as misplaced_area_code,
    misplaced.category_code as misplaced_category_code,
    misplaced.value as misplaced_value,
    misplaced.measure_value as misplaced_measure_value,
    misplaced.other_area_code as misplaced_other_area_code,
    misplaced.other_period as misplaced_other_period,
    preferred.preference
from preferred
inner join numbered as filed
    on preferred.series_id = filed.series_id
inner join numbered as earlier
    on preferred.measure_series_id = earlier.series_id
inner join counted
    on preferred.content_id = counted.content_id
    and preferred.measure_content_id = counted.measure_content_id
left join examples
    on preferred.content_id = examples.content_id
    and preferred.measure_content_id = examples.measure_content_id
    and examples.place = 1
left join misplaced_examples as misplaced
    on preferred.content_id = misplaced.content_id
    and preferred.measure_content_id = misplaced.measure_content_id
    and misplaced.place = 1
