-- Every usable observation of the files that are not held back, in the standard unit. Where two files of one source and
-- day were accepted although they differ, neither value of the two counts.
with cells as (

    select
        cells.*,
        coalesce(
            max(cells.value - cells.rounding) over same_cell > min(cells.value + cells.rounding) over same_cell, false
        ) as are_different
    from {{ ref('stg_cells') }} as cells
    left join {{ ref('int_files_held') }} as held
        on cells.file_id = held.file_id
    where cells.kind = 'observation'
        and cells.is_usable
        and held.file_id is null
    window same_cell as (
        partition by
            cells.indicator_id, cells.area_code, cells.year, cells.source_id, cells.published_on, cells.series_vintage,
            cells.currency
    )

)

select
    indicator_id,
    area_code,
    year,
    source_id,
    published_on,
    series_vintage,
    obs_status,
    missing_reason,
    snapshot_sha256,
    file_name,
    locator,
    edition,
    sheet,
    cell,
    row_number,
    column_number,
    table_title,
    indicator_label,
    area_label,
    text,
    unit_label,
    number_printed,
    factor,
    currency,
    cny_per_usd,
    is_corrected,
    rounding,
    value
from cells
where value is null
    or not are_different
