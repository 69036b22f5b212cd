-- Every value that the readers took, as printed, whether anything stands for it here or not; exports by category and
-- flows of input-output tables apart. The files that are held back are in it too (catalog.dim_file tells).
with cells as (

    select
        *,
        source_id || '|' || coalesce(title_key, '') || '|' || coalesce(indicator_key, '') || '|'
        || coalesce(unit_key, '') || '|' || coalesce(area_label, '') || '|' || coalesce(period, '') as series_key
    from {{ ref('stg_cells') }}
    where kind in ('observation', 'undeclared')

),

publications as (

    select
        series_key,
        published_on,
        case
            when series_key = lead(series_key) over all_rows then lead(published_on) over all_rows
        end as superseded_on
    from (
        select distinct
            series_key,
            published_on
        from cells
    ) as printed
    window all_rows as (order by series_key, published_on)

)

select
    cells.snapshot_sha256,
    cells.locator,
    cells.source_id,
    cells.edition,
    cells.published_on,
    cells.file_name,
    {{ one_line('cells.table_title') }} as table_title,
    {{ one_line('cells.indicator_label') }} as series_label,
    cells.unit_label,
    cells.area_code,
    cells.area_label,
    cells.period,
    cells.year,
    -- a corrected cell is read as the correction says only where it is a value of an indicator
    case
        when cells.is_corrected then {{ printed_number(plain_text('cells.text')) }}
        else cells.number_printed
    end as value,
    cells.text,
    cells.indicator_id,
    cells.rejection,
    publications.superseded_on
from cells
inner join publications
    on cells.series_key = publications.series_key
    and cells.published_on = publications.published_on
