-- Series of a file that resemble another indicator: most of the cells that they share with an earlier file are
-- (within 1 %) those of that indicator. A resemblance counts only where the file does not resemble the indicator
-- itself (int_files_held).
with doubtful as (

    select
        file_id,
        indicator_id,
        series_vintage
    from {{ ref('int_series_compared') }}
    where 4 * cells_equal <= cells_compared

    union

    select
        filed.file_id,
        filed.indicator_id,
        filed.series_vintage
    from {{ ref('int_file_values') }} as filed
    left join {{ ref('int_series_compared') }} as compared
        on filed.file_id = compared.file_id
        and filed.indicator_id = compared.indicator_id
        and filed.series_vintage = compared.series_vintage
    where compared.file_id is null

),

cells as (

    select
        filed.file_id,
        filed.indicator_id,
        filed.series_vintage,
        filed.area_code,
        filed.period,
        other.file_id as measure_file_id,
        other.indicator_id as other_indicator_id,
        other.series_vintage as measure_series_vintage,
        case when abs(filed.value / other.value - 1) < 0.01 then 1 else 0 end as is_alike
    from doubtful
    inner join {{ ref('int_file_values') }} as filed
        on doubtful.file_id = filed.file_id
        and doubtful.indicator_id = filed.indicator_id
        and doubtful.series_vintage = filed.series_vintage
    inner join {{ ref('int_file_values') }} as other
        on filed.area_code = other.area_code
        and filed.period = other.period
        and filed.category_code = other.category_code
        and filed.indicator_id <> other.indicator_id
        and filed.published_on > other.published_on
    where other.value <> 0

)

select
    file_id,
    indicator_id,
    series_vintage,
    measure_file_id,
    other_indicator_id,
    count(*) as cells_shared,
    sum(is_alike) as cells_alike,
    substring(min(case when is_alike = 1 then area_code || period end), 1, 6) as example_area_code,
    substring(min(case when is_alike = 1 then area_code || period end), 7) as example_period
from cells
group by file_id, indicator_id, series_vintage, measure_file_id, measure_series_vintage, other_indicator_id
having count(*) >= 3
    and 2 * sum(is_alike) > count(*)
