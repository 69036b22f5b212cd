-- Why each held file is held, one row a file, indicator and finding: what it was compared with, the figures, and the
-- cell that shows it best. A file is compared with earlier ones only, so the files held in the end are those that
-- were held when its turn came.
with held as (

    select * from {{ ref('int_files_held') }}

),

files as (

    select
        file_id,
        min(source_id || '/' || edition || '/' || file_name) as name
    from {{ ref('int_file_values') }}
    group by file_id

),

lost as (

    select
        losses.file_id,
        losses.indicator_id,
        losses.measure_file_id,
        losses.provinces_lost,
        losses.example_area_code,
        losses.period,
        row_number() over (
            partition by losses.file_id, losses.indicator_id
            order by losses.provinces_lost desc, losses.period desc, losses.measure_file_id
        ) as place
    from {{ ref('int_provinces_lost') }} as losses
    inner join held
        on losses.file_id = held.file_id
    where losses.provinces_lost > losses.unknown_names
        and {{ is_measure('losses', ref('int_provinces_lost'), 'held.held') }}

),

compared as (

    select
        compared.*,
        row_number() over (
            partition by compared.file_id, compared.indicator_id, compared.series_vintage
            order by
                case when compared.cells_jumped > 0 then 0 else 1 end,
                compared.example_power desc,
                compared.period desc,
                compared.measure_file_id,
                compared.measure_series_vintage
        ) as place
    from {{ ref('int_series_compared') }} as compared
    inner join held
        on compared.file_id = held.file_id
    where {{ is_measure('compared', ref('int_series_compared'), 'held.held') }}

),

summed as (

    select
        file_id,
        indicator_id,
        series_vintage,
        sum(cells_compared) as cells_compared,
        sum(cells_jumped) as cells_jumped,
        sum(cells_above_double) as cells_above_double,
        sum(cells_below_half) as cells_below_half,
        sum(cells_equal) as cells_equal
    from compared
    group by file_id, indicator_id, series_vintage

),

shown as (

    select
        compared.file_id,
        compared.indicator_id,
        compared.series_vintage,
        compared.measure_file_id,
        ' (median ratio ' || cast(round(compared.median_ratio, 4) as varchar) || ' in ' || compared.period
        || ')' as median,
        ', such as ' || areas.name_en || ' in ' || compared.period || ': '
        || cast(round(compared.example_value, 6) as varchar) || ' here (' || cells.locator || '), '
        || cast(round(compared.example_measure_value, 6) as varchar) || ' there ('
        || measure_cells.locator || ')' as example
    from compared
    left join {{ ref('dim_area') }} as areas
        on compared.example_area_code = areas.area_code
    inner join {{ ref('int_file_values') }} as cells
        on compared.file_id = cells.file_id
        and compared.indicator_id = cells.indicator_id
        and compared.series_vintage = cells.series_vintage
        and compared.period = cells.period
        and compared.example_area_code = cells.area_code
        and compared.example_category_code = cells.category_code
    inner join {{ ref('int_file_values') }} as measure_cells
        on compared.measure_file_id = measure_cells.file_id
        and compared.indicator_id = measure_cells.indicator_id
        and compared.measure_series_vintage = measure_cells.series_vintage
        and compared.period = measure_cells.period
        and compared.example_area_code = measure_cells.area_code
        and compared.example_category_code = measure_cells.category_code
    where compared.place = 1

),

resemblances as (

    select
        resemblances.*,
        coalesce(summed.cells_compared, 0) as cells_compared,
        coalesce(summed.cells_equal, 0) as cells_equal,
        row_number() over (
            partition by resemblances.file_id, resemblances.indicator_id, resemblances.series_vintage
            order by resemblances.cells_alike desc, resemblances.other_indicator_id, resemblances.measure_file_id
        ) as place
    from {{ ref('int_series_of_another_indicator') }} as resemblances
    inner join held
        on resemblances.file_id = held.file_id
    left join summed
        on resemblances.file_id = summed.file_id
        and resemblances.indicator_id = summed.indicator_id
        and resemblances.series_vintage = summed.series_vintage
    where not {{ is_held('resemblances.measure_file_id', 'held.held') }}
        and 4 * coalesce(summed.cells_equal, 0) <= coalesce(summed.cells_compared, 0)

),

findings as (

    select
        lost.file_id,
        lost.indicator_id,
        1 as turn,
        'provinces_lost' as finding,
        lost.measure_file_id,
        cast(lost.provinces_lost as varchar) || ' of the provinces lost in a year that both cover, such as '
        || areas.name_en || ' in ' || lost.period as figures
    from lost
    left join {{ ref('dim_area') }} as areas
        on lost.example_area_code = areas.area_code
    where lost.place = 1

    union all

    select
        resemblances.file_id,
        resemblances.indicator_id,
        2 as turn,
        'another_indicator' as finding,
        resemblances.measure_file_id,
        cast(resemblances.cells_alike as varchar) || ' of ' || cast(resemblances.cells_shared as varchar)
        || ' values are those of ' || resemblances.other_indicator_id || ' there, '
        || cast(resemblances.cells_equal as varchar) || ' of ' || cast(resemblances.cells_compared as varchar)
        || ' those known of ' || resemblances.indicator_id || ', such as ' || areas.name_en || ' in '
        || resemblances.example_period as figures
    from resemblances
    left join {{ ref('dim_area') }} as areas
        on resemblances.example_area_code = areas.area_code
    where resemblances.place = 1

    union all

    select
        summed.file_id,
        summed.indicator_id,
        3 as turn,
        'power_of_ten' as finding,
        shown.measure_file_id,
        cast(summed.cells_jumped as varchar) || ' of ' || cast(summed.cells_compared as varchar)
        || ' values differ by a power of ten' || shown.example as figures
    from summed
    inner join shown
        on summed.file_id = shown.file_id
        and summed.indicator_id = shown.indicator_id
        and summed.series_vintage = shown.series_vintage
    where summed.cells_jumped > 0

    union all

    select
        summed.file_id,
        summed.indicator_id,
        4 as turn,
        'median_ratio' as finding,
        shown.measure_file_id,
        case
            when 2 * summed.cells_above_double > summed.cells_compared
                then cast(summed.cells_above_double as varchar) || ' of ' || cast(summed.cells_compared as varchar)
                    || ' values are more than double'
            else cast(summed.cells_below_half as varchar) || ' of ' || cast(summed.cells_compared as varchar)
                || ' values are less than half'
        end
        || coalesce(shown.median, '') || shown.example as figures
    from summed
    inner join shown
        on summed.file_id = shown.file_id
        and summed.indicator_id = shown.indicator_id
        and summed.series_vintage = shown.series_vintage
    where 2 * summed.cells_above_double > summed.cells_compared
        or 2 * summed.cells_below_half > summed.cells_compared

)

select
    findings.file_id,
    findings.indicator_id,
    findings.finding,
    findings.indicator_id || ' against ' || measures.name || ': ' || findings.figures as message,
    -- what is wrong comes first, not all that follows from it
    row_number() over (
        partition by findings.file_id, findings.indicator_id
        order by findings.turn, findings.figures
    ) as place
from findings
inner join files as measures
    on findings.measure_file_id = measures.file_id
