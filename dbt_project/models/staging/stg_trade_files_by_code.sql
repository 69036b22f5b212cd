-- The files whose rows of trade statistics are summed by code as printed: those of an edition that prints codes beside
-- the totals of their headings or subheadings, which would be counted twice (int_export_cells); and those with codes
-- that no chapter is known of, or of a classification that is read by more than chapters.
with printed as (

    select distinct
        files.source_id,
        files.published_on,
        files.snapshot_sha256,
        files.classification,
        substring(sums.category_code, 1, 2) as chapter,
        length(sums.category_code) as digits
    from {{ ref('stg_trade_sheet_sums') }} as sums
    inner join {{ source('raw', 'trade_files') }} as files
        on sums.sheet_id = files.sheet_id

),

editions_with_totals as (

    select
        source_id,
        published_on
    from printed
    where digits > 2
    group by source_id, published_on
    having min(digits) < max(digits)
        and min(digits) <= {{ digits_of_totals() | max }}

)

select distinct printed.snapshot_sha256
from printed
left join editions_with_totals
    on printed.source_id = editions_with_totals.source_id
    and printed.published_on = editions_with_totals.published_on
left join (select distinct code from {{ ref('hs_chapters') }}) as chapters
    on printed.chapter = chapters.code
where editions_with_totals.source_id is not null
    or chapters.code is null
    or mod(printed.digits, 2) = 1
    or printed.classification <> 'hs_section_12'
