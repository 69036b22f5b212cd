{{ config(materialized='ephemeral') }}
-- Measures of inter-country tables that are in force, each with its edition. China is 100000 as everywhere. Editions
-- are never joined into one series, nor are two tables that one edition has of a year: each is named.
with tables as (

    select distinct
        snapshot_sha256,
        table_name,
        year,
        is_extended
    from {{ source('raw', 'value_chains') }}
    where grain = 'country'  -- every table has rows of countries, the fewest

),

editions as (

    select
        tables.snapshot_sha256,
        tables.table_name,
        files.published_on,
        files.edition || case when tables.is_extended then ' extended' else '' end as edition,
        files.file_name,
        count(*) over (partition by files.edition, tables.is_extended, tables.year) as of_year,
        count(*) over (partition by files.edition, tables.is_extended, tables.year, tables.table_name) as of_name
    from tables
    inner join {{ source('raw', 'files') }} as files
        on tables.snapshot_sha256 = files.snapshot_sha256
        and files.source_id = 'icio'
        and files.role = 'taken'

)

select
    editions.edition
    || case when editions.of_year > 1 then ' ' || editions.table_name else '' end
    || case when editions.of_name > 1 then ' ' || editions.file_name else '' end as table_edition,
    editions.published_on,
    measured.snapshot_sha256,
    measured.year,
    measured.table_gap,
    measured.grain,
    measured.industry_code,
    measured.measure,
    measured.value,
    measured.reason,
    case measured.area_code when 'CHN' then '100000' else measured.area_code end as area_code,
    case measured.partner_code when 'CHN' then '100000' else measured.partner_code end as partner_code
from {{ source('raw', 'value_chains') }} as measured
inner join editions
    on measured.snapshot_sha256 = editions.snapshot_sha256
    and measured.table_name = editions.table_name
