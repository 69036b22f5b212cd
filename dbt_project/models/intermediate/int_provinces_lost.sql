-- Provinces that an earlier edition of the same source printed and this one lacks, year by year where both have it.
-- A source publishes by edition, so what another file of the edition prints is not lost; a file about one province
-- (which stands above the table, or in its rows with its cities) loses none; compilations are compared under one file
-- name only, for two of them are no editions of one work. A cell that is printed but cannot be used is not lost either:
-- it is listed in catalog.rejected_cell, as is a province whose name is not known.
-- `preference` says which earlier file is the measure of a year (1 first): one that has at least half as many
-- provinces as any, then the newest.
{{ config(materialized='ephemeral') }}
with valued as (

    select distinct
        filed.file_id,
        filed.source_id,
        filed.edition,
        filed.file_name,
        filed.published_on,
        filed.authority,
        filed.indicator_id,
        filed.area_code,
        filed.period
    from {{ ref('int_file_values') }} as filed
    inner join {{ ref('dim_area') }} as areas
        on filed.area_code = areas.area_code
        and areas.level = 'province'

),

spans as (

    select distinct
        file_id,
        source_id,
        edition,
        file_name,
        published_on,
        authority,
        indicator_id,
        period
    from valued

),

printed as (

    select
        source_id,
        edition,
        case when kind = 'observation' then indicator_id else 'exports' end as indicator_id,
        area_code,
        area_label,
        is_known_name,
        case when kind = 'observation' then cast(year as string) else period_label end as period,
        missing_reason
    from {{ ref('stg_cells') }}
    where kind <> 'flow'
        and not is_of_city

),

of_edition as (

    select distinct
        source_id,
        edition,
        indicator_id,
        area_code,
        period
    from printed
    where area_code is not null
        and (missing_reason is null or missing_reason <> 'blank in the source')

),

unknown_names as (

    select
        source_id,
        edition,
        indicator_id,
        count(distinct area_label) as names
    from printed
    where not is_known_name
    group by source_id, edition, indicator_id

),

with_areas_in_rows as (

    select file_id
    from {{ ref('stg_cells') }}
    where kind = 'observation'
    group by file_id
    having count(case when is_area_in_row then 1 end) > 0
        and count(case when is_of_city then 1 end) = 0

),

about_one_province as (

    select
        valued.file_id,
        valued.indicator_id
    from valued
    left join with_areas_in_rows
        on valued.file_id = with_areas_in_rows.file_id
    where with_areas_in_rows.file_id is null
    group by valued.file_id, valued.indicator_id
    having count(distinct valued.area_code) = 1

),

-- the files whose edition lacks something that any earlier one had: most lack nothing, and are compared with no file
lacking as (

    select distinct
        spans.file_id,
        spans.indicator_id
    from spans
    inner join (
        select
            source_id,
            indicator_id,
            area_code,
            period,
            min(published_on) as published_on
        from valued
        group by source_id, indicator_id, area_code, period
    ) as first_printed
        on spans.source_id = first_printed.source_id
        and spans.indicator_id = first_printed.indicator_id
        and spans.period = first_printed.period
        and spans.published_on > first_printed.published_on
    left join of_edition
        on spans.source_id = of_edition.source_id
        and spans.edition = of_edition.edition
        and first_printed.indicator_id = of_edition.indicator_id
        and first_printed.area_code = of_edition.area_code
        and first_printed.period = of_edition.period
    where of_edition.area_code is null

),

places as (

    select
        spans.file_id,
        spans.source_id,
        spans.edition,
        spans.indicator_id,
        spans.period,
        earlier.file_id as measure_file_id,
        earlier.published_on as measure_published_on,
        earlier.area_code,
        of_edition.area_code is null as is_lost
    from spans
    inner join lacking
        on spans.file_id = lacking.file_id
        and spans.indicator_id = lacking.indicator_id
    inner join valued as earlier
        on spans.source_id = earlier.source_id
        and spans.indicator_id = earlier.indicator_id
        and spans.period = earlier.period
        and spans.published_on > earlier.published_on
        and (spans.authority < 3 or spans.file_name = earlier.file_name)
    left join of_edition
        on spans.source_id = of_edition.source_id
        and spans.edition = of_edition.edition
        and earlier.indicator_id = of_edition.indicator_id
        and earlier.area_code = of_edition.area_code
        and earlier.period = of_edition.period
    left join about_one_province
        on spans.file_id = about_one_province.file_id
        and spans.indicator_id = about_one_province.indicator_id
    where about_one_province.file_id is null

),

compared as (

    select
        places.file_id,
        places.indicator_id,
        places.period,
        places.measure_file_id,
        places.measure_published_on,
        count(*) as provinces_compared,
        count(case when places.is_lost then places.area_code end) as provinces_lost,
        min(case when places.is_lost then places.area_code end) as example_area_code,
        max(coalesce(unknown_names.names, 0)) as unknown_names
    from places
    left join unknown_names
        on places.source_id = unknown_names.source_id
        and places.edition = unknown_names.edition
        and places.indicator_id = unknown_names.indicator_id
    group by places.file_id, places.indicator_id, places.period, places.measure_file_id, places.measure_published_on

),

sized as (

    select
        *,
        case
            when 2 * provinces_compared >= max(provinces_compared)
                    over (
                        partition by file_id, indicator_id, period
                    )
                then 0
            else 1
        end as is_small
    from compared

)

select
    *,
    '' as series_vintage,
    dense_rank() over (
        partition by file_id, indicator_id, period
        order by is_small, measure_published_on desc
    ) as preference
from sized
