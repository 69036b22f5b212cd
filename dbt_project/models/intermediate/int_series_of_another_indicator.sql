-- Series of a file that resemble another indicator: most of the cells that they share with an earlier file are
-- (within 1 %) those of that indicator. A resemblance counts only where the file does not resemble the indicator
-- itself (int_files_held). Values are compared once, whatever number of files print them; those within 1 % of each
-- other lie in one interval of 2 % or in two neighbouring ones, so that no more than these need to be compared.
{{ config(materialized='ephemeral') }}
with printed as (

    select
        indicator_id,
        category_code,
        area_code,
        period,
        value,
        case when value > 0 then 1 else -1 end as side,
        cast(floor(ln(abs(value)) / 0.02) as integer) as interval_of_2_percent
    from {{ ref('int_file_values') }}
    where value <> 0
    group by indicator_id, category_code, area_code, period, value

),

steps as (

    select -1 as step
    union all
    select 0
    union all
    select 1

),

values_alike as (

    select
        printed.indicator_id,
        printed.category_code,
        printed.area_code,
        printed.period,
        printed.value,
        other.indicator_id as other_indicator_id,
        other.value as other_value
    from printed
    cross join steps
    inner join printed as other
        on printed.area_code = other.area_code
        and printed.period = other.period
        and printed.category_code = other.category_code
        and printed.side = other.side
        and printed.interval_of_2_percent + steps.step = other.interval_of_2_percent
        and printed.indicator_id <> other.indicator_id
    where abs(printed.value / other.value - 1) < 0.01

),

alike as (

    select
        filed.file_id,
        filed.indicator_id,
        filed.series_vintage,
        other.file_id as measure_file_id,
        other.indicator_id as other_indicator_id,
        other.series_vintage as measure_series_vintage,
        count(*) as cells_alike,
        min(filed.area_code || filed.period) as example
    from values_alike
    inner join {{ ref('int_file_values') }} as filed
        on values_alike.indicator_id = filed.indicator_id
        and values_alike.category_code = filed.category_code
        and values_alike.area_code = filed.area_code
        and values_alike.period = filed.period
        and values_alike.value = filed.value
    inner join {{ ref('int_file_values') }} as other
        on values_alike.other_indicator_id = other.indicator_id
        and values_alike.category_code = other.category_code
        and values_alike.area_code = other.area_code
        and values_alike.period = other.period
        and values_alike.other_value = other.value
        and filed.published_on > other.published_on
    group by
        filed.file_id, filed.indicator_id, filed.series_vintage, other.file_id, other.indicator_id,
        other.series_vintage
    having count(*) >= 2

),

shared as (

    select
        alike.file_id,
        alike.indicator_id,
        alike.series_vintage,
        alike.measure_file_id,
        alike.other_indicator_id,
        alike.measure_series_vintage,
        count(*) as cells_shared
    from alike
    inner join {{ ref('int_file_values') }} as filed
        on alike.file_id = filed.file_id
        and alike.indicator_id = filed.indicator_id
        and alike.series_vintage = filed.series_vintage
    inner join {{ ref('int_file_values') }} as other
        on alike.measure_file_id = other.file_id
        and alike.other_indicator_id = other.indicator_id
        and alike.measure_series_vintage = other.series_vintage
        and filed.area_code = other.area_code
        and filed.period = other.period
        and filed.category_code = other.category_code
    where other.value <> 0
    group by
        alike.file_id, alike.indicator_id, alike.series_vintage, alike.measure_file_id, alike.other_indicator_id,
        alike.measure_series_vintage

)

select
    alike.file_id,
    alike.indicator_id,
    alike.series_vintage,
    alike.measure_file_id,
    alike.other_indicator_id,
    shared.cells_shared,
    alike.cells_alike,
    substring(alike.example, 1, 6) as example_area_code,
    substring(alike.example, 7) as example_period
from alike
inner join shared
    on alike.file_id = shared.file_id
    and alike.indicator_id = shared.indicator_id
    and alike.series_vintage = shared.series_vintage
    and alike.measure_file_id = shared.measure_file_id
    and alike.other_indicator_id = shared.other_indicator_id
    and alike.measure_series_vintage = shared.measure_series_vintage
where shared.cells_shared >= 3
    and 2 * alike.cells_alike > shared.cells_shared
