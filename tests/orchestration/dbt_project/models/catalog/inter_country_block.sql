select
    cast(null as varchar) as table_edition,
    cast(null as integer) as year,
    cast(null as varchar) as area_code,
    cast(null as varchar) as source_id,
    cast(null as varchar) as edition,
    cast(null as varchar) as file_name,
    cast(null as varchar) as table_name,
    cast(null as integer) as industries,
    cast(null as double) as table_gap,
    cast(null as date) as published_on
where false
