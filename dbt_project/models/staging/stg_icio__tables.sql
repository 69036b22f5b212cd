{{ config(materialized='ephemeral') }}
-- What inter-country tables that are in force consist of: their economies, industries and cells, each with the edition
-- of its table. Editions are never joined into one series, nor are two tables that one edition has of a year: each is
-- named.
with tables as (

    select distinct
        snapshot_sha256,
        table_name,
        year,
        is_extended
    from {{ source('raw', 'inter_country_tables') }}

),

editions as (

    select
        tables.snapshot_sha256,
        tables.table_name,
        files.source_id,
        files.edition,
        files.file_name,
        files.published_on,
        files.edition || case when tables.is_extended then ' extended' else '' end as name,
        count(*) over (partition by files.edition, tables.is_extended, tables.year) as of_year,
        count(*) over (partition by files.edition, tables.is_extended, tables.year, tables.table_name) as of_name
    from tables
    inner join {{ source('raw', 'files') }} as files
        on tables.snapshot_sha256 = files.snapshot_sha256
        and files.source_id = 'icio'
        and files.role = 'taken'

)

select
    parts.snapshot_sha256,
    parts.table_name,
    parts.year,
    parts.table_gap,
    parts.counted_in,
    parts.part,
    parts.code,
    parts.rows,
    parts.columns,
    parts.final_columns,
    parts.industries,
    parts.printed_output,
    parts.isic_revision,
    parts.divisions,
    parts.name_en,
    parts.name_zh,
    parts.is_ict_goods,
    parts.is_ict_services,
    parts.is_information,
    parts.is_digitally_deliverable,
    parts.is_digital,
    parts.is_manufacturing,
    parts.cells,
    parts.reason,
    parts.first_locator,
    parts.first_label,
    editions.source_id,
    editions.edition,
    editions.file_name,
    editions.published_on,
    editions.name
    || case when editions.of_year > 1 then ' ' || editions.table_name else '' end
    || case when editions.of_name > 1 then ' ' || editions.file_name else '' end as table_edition
from {{ source('raw', 'inter_country_tables') }} as parts
inner join editions
    on parts.snapshot_sha256 = editions.snapshot_sha256
    and parts.table_name = editions.table_name
