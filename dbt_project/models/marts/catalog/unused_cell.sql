-- Value cells that count nowhere, one row a file and kind of reason, with the first of them by place. Those of a matrix
-- are counted table by table.
with unused as (

    select
        source_id,
        edition,
        file_name,
        snapshot_sha256,
        coalesce(sheet, '') as sheet,
        row_number,
        column_number,
        locator,
        cells,
        {{ one_line(
            "case when is_mapped and kind <> 'undeclared' then coalesce(area_label, '') else subject_label end"
        ) }} as label,
        rejection,
        case
            when kind = 'undeclared' then 'in columns that nothing declares'
            when rejection is not null then {{ replace_pattern('rejection', '"[^"]*"', '"…"') }}
            when not is_mapped then 'under a heading that no indicator stands for'
            else coalesce('of ' || area_remark, 'of an area outside the 31 units')
        end as reason
    from {{ ref('stg_cells') }}
    where not is_usable

),

placed as (

    select
        source_id,
        edition,
        file_name,
        snapshot_sha256,
        locator,
        label,
        rejection,
        reason,
        sum(cells) over (partition by source_id, snapshot_sha256, reason) as cells,
        row_number() over (
            partition by source_id, snapshot_sha256, reason order by sheet, row_number, column_number, locator
        ) as place
    from unused

),

of_matrices as (

    select
        source_id,
        edition,
        file_name,
        reason,
        sum(cells) over (partition by snapshot_sha256, reason) as cells,
        first_locator,
        first_label,
        snapshot_sha256,
        row_number() over (partition by snapshot_sha256, reason order by table_name) as place
    from {{ ref('stg_icio__tables') }}
    where part = 'cells'
        and reason is not null

)

select
    source_id,
    edition,
    file_name,
    reason,
    cast(cells as integer) as cells,
    locator as first_locator,
    label as first_label,
    case
        when rejection is not null
            then case when cells = 1 then 'was' else 'were' end || ' rejected, first ' || locator || ': '
                || rejection
        else reason || ', first "' || substring(label, 1, 60) || '" in ' || locator
    end as sentence,
    rejection is not null as is_rejected,
    snapshot_sha256
from placed
where place = 1

union all

select
    source_id,
    edition,
    file_name,
    reason,
    cast(cells as integer) as cells,
    first_locator,
    first_label,
    reason || ', first "' || substring(first_label, 1, 60) || '" in ' || first_locator as sentence,
    false as is_rejected,
    snapshot_sha256
from of_matrices
where place = 1
