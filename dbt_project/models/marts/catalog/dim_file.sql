-- Every file in landing: taken, a copy of another, held back, withdrawn or rejected with a reason to act on.
with read as (

    select
        source_id,
        snapshot_sha256,
        sum(cells) as cells,
        sum(case when is_usable then cells else 0 end) as cells_usable,
        sum(case when is_known_name and kind <> 'undeclared' then cells else 0 end) as cells_of_known_areas,
        case
            when sum(case when kind = 'undeclared' or is_of_city then 0 else 1 end) = 0
                then min(case when is_of_city then rejection end)
        end as city_rejection,
        substring(
            min(case when kind <> 'undeclared' then cast(1000000000 + row_number as string) || area_label end), 11
        ) as first_area_label
    from {{ ref('stg_cells') }}
    group by source_id, snapshot_sha256

    union all

    select
        source_id,
        snapshot_sha256,
        sum(cells) as cells,
        sum(case when reason is null then cells else 0 end) as cells_usable,
        sum(cells) as cells_of_known_areas,
        cast(null as string) as city_rejection,
        cast(null as string) as first_area_label
    from {{ ref('stg_icio__tables') }}
    where part = 'cells'
    group by source_id, snapshot_sha256

),

reasons as (

    select
        *,
        row_number() over (
            partition by source_id, snapshot_sha256 order by is_rejected desc, cells desc, first_locator
        ) as place
    from {{ ref('unused_cell') }}

),

unused as (

    select
        source_id,
        snapshot_sha256,
        {{ joined("case when place <= 3 then cast(cells as string) || ' ' || sentence end", '; ', ['place']) }}
        || case
            when count(*) > 3 then '; and ' || cast(count(*) - 3 as string) || ' more reasons in catalog.unused_cell'
            else ''
        end as reason
    from reasons
    group by source_id, snapshot_sha256

),

-- What a spreadsheet left where a number was to stand counts as missing, and nobody is to overlook it.
left_by_spreadsheet as (

    select
        source_id,
        snapshot_sha256,
        text,
        locator,
        is_error,
        sum(cells) over (partition by source_id, snapshot_sha256, is_error) as cells_like_it,
        row_number() over (
            partition by source_id, snapshot_sha256, is_error
            order by coalesce(sheet, ''), row_number, column_number, locator
        ) as place
    from (
        select
            *,
            {{ is_spreadsheet_error('text') }} as is_error
        from {{ ref('stg_cells') }}
        where is_usable
            and missing_reason is not null
            and ({{ is_spreadsheet_error('text') }} or text like '=%')
    ) as missing

),

said_of_spreadsheets as (

    select
        source_id,
        snapshot_sha256,
        is_error,
        case
            when is_error
                then cast(cells_like_it as string) || ' used without a number, for a spreadsheet left an error, first "'
                    || text || '" in ' || locator || ': mend the formula, or leave the cell blank'
            else cast(cells_like_it as string) || ' used without a number, for a spreadsheet wrote no value beside the '
                || 'formula, first in ' || locator || ': open the workbook in a spreadsheet and save it'
        end as sentence
    from left_by_spreadsheet
    where place = 1

),

without_number as (

    select
        source_id,
        snapshot_sha256,
        {{ joined('sentence', '; ', ['is_error']) }} as reason
    from said_of_spreadsheets
    group by source_id, snapshot_sha256

),

worst as (

    select
        file_id,
        indicator_id,
        message,
        mend,
        row_number() over (partition by file_id order by coalesce(indicator_id, '')) as place
    from {{ ref('int_held_file_findings') }}
    where place = 1

),

held as (

    select
        file_id,
        {{ joined('case when place <= 3 then message end', '; ', ['place']) }}
        || case
            when count(*) > 3 then '; and ' || cast(count(*) - 3 as string) || ' more indicators'
            else ''
        end
        || coalesce('. To mend it: ' || min(case when place <= 3 then mend end), '') as reason
    from worst
    group by file_id

),

files as (

    select
        files.*,
        case
            when files.role = 'taken' and (read.cells_of_known_areas = 0 or read.city_rejection is not null)
                then 'rejected'
            when files.role = 'taken' and held.file_id is not null then 'held'
            else files.role
        end as role_found,
        case when files.role = 'taken' then coalesce(read.cells, 0) else 0 end as cells,
        coalesce(read.cells_usable, 0) as cells_usable,
        read.first_area_label,
        read.city_rejection,
        held.reason as held_reason,
        {{ shell_word("files.source_id || '/' || files.edition || '/' || files.file_name") }} as quoted_name,
        'used ' || cast(read.cells_usable as string) || ' of ' || cast(read.cells as string) || ' cells; '
        || unused.reason as used,
        without_number.reason as without_number
    from {{ source('raw', 'files') }} as files
    left join read
        on files.source_id = read.source_id
        and files.snapshot_sha256 = read.snapshot_sha256
    left join held
        on files.source_id || '/' || files.snapshot_sha256 = held.file_id
    left join unused
        on files.source_id = unused.source_id
        and files.snapshot_sha256 = unused.snapshot_sha256
    left join without_number
        on files.source_id = without_number.source_id
        and files.snapshot_sha256 = without_number.snapshot_sha256

)

select
    source_id,
    edition,
    file_name,
    snapshot_sha256,
    role_found as role,
    case
        when role = 'taken' and role_found = 'rejected'
            then coalesce(
                    city_rejection,
                    'no row names a province (the first label is "' || coalesce(first_area_label, '')
                    || '"); export the table by province, or state area: in _edition.yml'
                )
        when role_found = 'held'
            then held_reason || '. If the file is right: yearbook accept ' || quoted_name
                || '; if it is wrong: yearbook withdraw ' || quoted_name
        when role_found = 'taken'
            then nullif(concat_ws('; ', reason, used, without_number, 'accepted: ' || acceptance), '')
        else reason
    end as reason,
    cast(case when role_found = 'taken' then cells_usable else 0 end as integer) as cells_used,
    cast(cells - case when role_found = 'taken' then cells_usable else 0 end as integer) as cells_not_used,
    published_on,
    bytes,
    publisher,
    redistributable
from files
