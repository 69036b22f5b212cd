-- Which files the numbers of a universe rest on; the country as a whole is of both
with used as (
    select distinct
        case area.level when 'province' then 'province' else 'country' end as universe,
        cell.snapshot_sha256
    from marts.printed_cell as cell
    inner join catalog.dim_area as area on cell.area_code = area.area_code
    union
    select distinct 'province', snapshot_sha256 from marts.printed_cell where area_code = '100000'
    union
    select distinct 'country', snapshot_sha256 from marts.idx_value_chain__country_year
)
select
    used.universe,
    source.source_id,
    source.title_en as en,
    source.title_zh as zh,
    count(*) as files,
    max(file.edition) as newest_edition
from used
inner join catalog.dim_file as file
    on used.snapshot_sha256 = file.snapshot_sha256 and file.role = 'taken'
inner join catalog.dim_source as source on file.source_id = source.source_id
group by all
order by all
