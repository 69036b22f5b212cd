-- Files that are held back until somebody accepts them. The files in doubt are walked in the order of their
-- publication, and each is compared, year by year, with the best earlier file that is not held itself. So a held
-- file is no measure for the next one, and an accepted change of level is; and what is held follows from the files
-- and the acceptances alone, whatever the order of their arrival.
with recursive in_doubt as (

    select
        doubts.file_id,
        row_number() over (order by min(files.published_on), doubts.file_id) as place
    from {{ ref('int_file_findings') }} as doubts
    inner join {{ source('raw', 'files') }} as files
        on doubts.file_id = files.source_id || '/' || files.snapshot_sha256
    where files.role = 'taken'
        and files.acceptance is null
        and {{ may_hold('doubts') }}
    group by doubts.file_id

),

findings as (

    select findings.*
    from {{ ref('int_file_findings') }} as findings
    inner join in_doubt
        on findings.file_id = in_doubt.file_id

),

{{ walk_over('in_doubt', 'findings') }}

select
    in_doubt.file_id,
    outcome.held
from in_doubt
cross join outcome
where {{ is_held('in_doubt.file_id', 'outcome.held') }}
