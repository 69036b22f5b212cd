-- Why each held file is held, one row a file, indicator and claim: what it was measured by, the figures, and the cell
-- that shows it best. A file is compared with earlier ones only, so the files held in the end are those that were held
-- when its turn came.
with measured as (

    select findings.*
    from {{ ref('int_file_findings') }} as findings
    inner join {{ ref('int_files_held') }} as held
        on findings.file_id = held.file_id
    where {{ is_measure('findings', ref('int_file_findings'), 'held.held') }}

),

-- what speaks for a series
excuses as (

    select
        measured.file_id,
        measured.indicator_id,
        measured.series_vintage,
        measured.finding
    from measured
    group by measured.file_id, measured.indicator_id, measured.series_vintage, measured.finding
    having {{ holds('measured') }}

),

counted as (

    select
        measured.*,
        sum(measured.cells_found) over same_claim as all_found,
        sum(measured.cells_compared) over same_claim as all_compared,
        row_number() over (
            partition by measured.file_id, measured.indicator_id, measured.series_vintage, measured.claim
            order by
                measured.example_weight desc,
                measured.example_period desc,
                measured.measure_file_id,
                measured.measure_series_vintage
        ) as place
    from measured
    left join excuses
        on measured.file_id = excuses.file_id
        and measured.indicator_id = excuses.indicator_id
        and measured.series_vintage = excuses.series_vintage
        and measured.excused_by = excuses.finding
    where measured.turn > 0
        and excuses.file_id is null
    window same_claim as (
        partition by measured.file_id, measured.indicator_id, measured.series_vintage, measured.claim
    )

),

files as (

    select
        source_id || '/' || snapshot_sha256 as file_id,
        min(source_id || '/' || edition || '/' || file_name) as name
    from {{ source('raw', 'files') }}
    where role = 'taken'
    group by source_id, snapshot_sha256

),

worded as (

    select
        counted.file_id,
        counted.indicator_id,
        counted.finding,
        counted.turn,
        coalesce(counted.indicator_id, '')
        || coalesce(' against ' || measures.name, '')
        || case when counted.indicator_id is null then '' else ': ' end
        || coalesce(
            cast(counted.all_found as string) || ' of ' || cast(counted.all_compared as string) || ' ', ''
        )
        || counted.claim
        || coalesce(', such as ' || areas.name_en || ' in ' || counted.example_period, '')
        || coalesce(
            ': ' || {{ in_words(rounded('counted.example_value', 6)) }} || ' here (' || cells.locator || '), '
            || {{ in_words(rounded('counted.example_measure_value', 6)) }} || ' there ('
            || measure_cells.locator || ')',
            ''
        )
        || coalesce(counted.example_remark, '') as message,
        case counted.finding
            when 'several_values'
                then 'land the sum by province if its rows are cities or parts, else keep one value of each; accepted, '
                    || 'the file is taken without these'
            when 'other_values_in_edition'
                then 'land one of the two in an edition of another published_on, or declare another series_vintage '
                    || 'for it in _edition.yml; of the two, the one accepted is taken'
            when 'cut_off'
                then 'query fewer months, provinces or goods at a time'
            when 'rows_repeated'
                then 'land each row once; of the two, the one accepted is taken'
            when 'unknown_areas'
                then 'land the table by province, or add the names to judgement/area_aliases.csv'
        end as mend
    from counted
    left join files as measures
        on counted.measure_file_id = measures.file_id
    left join {{ ref('dim_area') }} as areas
        on counted.example_area_code = areas.area_code
    left join {{ ref('int_file_values') }} as cells
        on counted.file_id = cells.file_id
        and counted.indicator_id = cells.indicator_id
        and counted.series_vintage = cells.series_vintage
        and counted.example_period = cells.period
        and counted.example_area_code = cells.area_code
        and counted.example_category_code = cells.category_code
    left join {{ ref('int_file_values') }} as measure_cells
        on counted.measure_file_id = measure_cells.file_id
        and counted.indicator_id = measure_cells.indicator_id
        and counted.measure_series_vintage = measure_cells.series_vintage
        and counted.example_period = measure_cells.period
        and counted.example_area_code = measure_cells.area_code
        and counted.example_category_code = measure_cells.category_code
    where counted.place = 1
        and coalesce(counted.all_found > counted.share_allowed * counted.all_compared, true)

)

select
    file_id,
    indicator_id,
    finding,
    message,
    mend,
    -- what is wrong comes first, not all that follows from it
    row_number() over (
        partition by file_id, indicator_id
        order by turn, message
    ) as place
from worded
