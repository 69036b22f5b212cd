-- Every file in landing: taken, a copy of another, held back or rejected with a reason to act on.
with read as (

    select
        source_id,
        snapshot_sha256,
        count(*) as cells,
        sum(case when is_known_name then 1 else 0 end) as cells_of_known_areas,
        sum(case when is_mapped then 0 else 1 end) as cells_without_indicator,
        sum(case when is_of_city then 1 else 0 end) as cells_of_cities,
        min(case when is_of_city then rejection end) as city_rejection,
        min(area_label) as first_area_label,
        min(case when not is_mapped then subject_label end) as first_unknown_label
    from {{ ref('stg_cells') }}
    group by source_id, snapshot_sha256

),

worst as (

    select
        file_id,
        indicator_id,
        message,
        row_number() over (partition by file_id order by indicator_id) as place
    from {{ ref('int_held_file_findings') }}
    where place = 1

),

held as (

    select
        file_id,
        string_agg(case when place <= 3 then message end, '; ' order by place)
        || case
            when count(*) > 3 then '; and ' || cast(count(*) - 3 as varchar) || ' more indicators'
            else ''
        end as reason
    from worst
    group by file_id

)

select
    files.source_id,
    files.edition,
    files.file_name,
    files.snapshot_sha256,
    case
        when files.role = 'taken' and read.cells_of_cities = read.cells then 'rejected'
        when files.role = 'taken' and read.cells_of_known_areas = 0 then 'rejected'
        when files.role = 'taken' and held.file_id is not null then 'held'
        else files.role
    end as role,
    case
        when files.role = 'taken' and read.cells_of_cities = read.cells then read.city_rejection
        when files.role = 'taken' and read.cells_of_known_areas = 0
            then 'no row names a province (the first label is "' || coalesce(read.first_area_label, '')
                || '"); export the table by province, or state area: in _edition.yml'
        when files.role = 'taken' and held.file_id is not null
            then held.reason || '. If the file is right: yearbook accept "' || files.source_id || '/' || files.edition
                || '/' || files.file_name || '"'
        when files.role = 'taken' and files.acceptance is not null
            then coalesce(files.reason || '; ', '') || 'accepted: ' || files.acceptance
        when files.role = 'taken' and files.reason is null and read.cells_without_indicator = read.cells
            then 'kept in raw: no indicator stands for its label "' || coalesce(read.first_unknown_label, '') || '"'
        else files.reason
    end as reason,
    files.published_on,
    files.bytes,
    files.publisher,
    files.redistributable
from {{ source('raw', 'files') }} as files
left join read
    on files.source_id = read.source_id
    and files.snapshot_sha256 = read.snapshot_sha256
left join held
    on files.source_id || '/' || files.snapshot_sha256 = held.file_id
