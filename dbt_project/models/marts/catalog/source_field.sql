-- The fields that the sources print, under the names that stand in their files: one row a heading of a table,
-- with the indicator that it stands for here. The example is the first cell of the newest edition.
with headings as (

    -- where a column means what is declared, its own name stands above the column
    select
        cells.source_id,
        cells.snapshot_sha256,
        cells.sheet,
        cells.column_number,
        cells.text,
        row_number() over (
            partition by cells.source_id, cells.snapshot_sha256, cells.sheet, cells.column_number
            order by cells.row_number desc
        ) as distance
    from {{ source('raw', 'cells') }} as cells
    inner join {{ source('raw', 'sources') }} as sources
        on cells.source_id = sources.source_id
    where sources.indicators_are_declared
        and cells.role = 'label'
        and cells.row_number <= 50
        and cells.text is not null

),

cells as (

    select
        source_id,
        edition,
        file_name,
        sheet,
        column_number,
        row_number,
        locator,
        cells,
        table_title,
        coalesce(title_key, '') as title_key, -- one export table a province
        case when kind in ('export', 'import') then coalesce(indicator_label, unit_label) else indicator_label end
            as indicator_label,
        case when kind in ('export', 'import') then lower(coalesce(indicator_label, unit_label)) else indicator_key end
            as indicator_key,
        unit_label,
        indicator_id,
        case
            when kind = 'export' then 'marts.fct_export__province_category_year'
            when indicator_id is not null then 'marts.fct_observation'
        end as used_in,
        year,
        coalesce(area_code, area_label) as area,
        snapshot_sha256
    from {{ ref('stg_cells') }}
    where kind <> 'flow'

),

named as (

    select
        cells.*,
        headings.text as heading,
        coalesce(cells.indicator_key, '') as label_key,
        dense_rank() over (
            partition by
                cells.source_id, cells.title_key, cells.indicator_key, cells.unit_label,
                cells.indicator_id, cells.used_in, headings.text
            order by
                cells.edition desc, cells.file_name, cells.sheet, cells.row_number, cells.column_number
        ) as example_rank
    from cells
    left join headings
        on cells.source_id = headings.source_id
        and cells.snapshot_sha256 = headings.snapshot_sha256
        and coalesce(cells.sheet, '') = coalesce(headings.sheet, '')
        and cells.column_number = headings.column_number
        and headings.distance = 1

)

select
    source_id,
    {{ one_line("max(case when example_rank = 1 then table_title end)") }} as table_title,
    max(case when example_rank = 1 then sheet end) as sheet,
    max(case when example_rank = 1 then {{ chinese_part('indicator_label') }} end) as header_zh,
    max(case when example_rank = 1 then {{ english_part('indicator_label') }} end) as header_en,
    max(case when example_rank = 1 then {{ one_line('heading') }} end) as column_heading,
    unit_label,
    indicator_id,
    used_in,
    min(edition) as first_edition,
    max(edition) as last_edition,
    min(year) as first_year,
    max(year) as last_year,
    cast(count(distinct area) as integer) as areas,
    cast(sum(cells) as integer) as cells,
    max(case when example_rank = 1 then file_name end) as example_file,
    max(case when example_rank = 1 then locator end) as example_locator,
    max(case when example_rank = 1 then snapshot_sha256 end) as snapshot_sha256
from named
group by source_id, title_key, label_key, unit_label, indicator_id, used_in, heading
