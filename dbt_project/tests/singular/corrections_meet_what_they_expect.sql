{{ config(severity='warn') }}
-- A correction whose edition is landed meets a cell, and each cell that it meets prints what it expects; else the
-- source has mended itself, or the correction is wrong: somebody has to look. An edition that is not landed says
-- nothing, nor does one without the indicator.
with landed as (

    select distinct
        source_id,
        edition,
        corrected_as
    from {{ ref('stg_cells') }}

),

met as (

    select
        corrections.*,
        case when corrections.origin = 'home' then 'judgement' else 'seeds' end
        || '/corrections.csv, line "' || corrections.source_id || ',' || corrections.indicator_id
        || ',' || corrections.area_code || ',' || cast(corrections.year as string)
        || coalesce(',' || corrections.category_code, '') || '"' as line,
        landed.edition
    from {{ ref('corrections') }} as corrections
    inner join landed
        on corrections.source_id = landed.source_id
        and corrections.indicator_id = landed.corrected_as
        and {{ is_in_editions('landed.edition', 'corrections') }}

)

select
    met.line || ' expects "' || met.expected || '", but ' || cells.source_id || '/' || cells.edition || '/'
    || cells.file_name || ', ' || cells.locator || ', prints "' || coalesce(cells.text, '')
    || '": end the correction with last_edition before ' || cells.edition || ', or delete it' as message
from met
inner join {{ ref('stg_cells') }} as cells
    on {{ is_corrected_by('cells', 'met') }}
    and met.edition = cells.edition
where not cells.is_corrected

union all

select
    met.line || ' expects "' || met.expected || '", but no cell of ' || met.source_id || '/' || min(met.edition)
    || ' is it: name area, year, category_code and edition as they are printed, or delete it' as message
from met
left join {{ ref('stg_cells') }} as cells
    on {{ is_corrected_by('cells', 'met') }}
group by met.line, met.expected, met.source_id
having count(cells.source_id) = 0
