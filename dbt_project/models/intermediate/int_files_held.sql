-- Files that are held back until somebody accepts them, each with its reason. The files in doubt are walked in the
-- order of their publication: a finding counts when its measure is the best among the files that are not held
-- themselves. So a held file is no measure for the next one, and an accepted change of level is; and what is held
-- follows from the files and the acceptances alone, whatever the order of their arrival.
with recursive findings as (

    select * from {{ ref('int_files_conflicting') }}

),

accepted as (

    select distinct
        source_id || '/' || snapshot_sha256 as file_id
    from {{ source('raw', 'files') }}
    where acceptance is not null

),

in_doubt as (

    select
        findings.file_id,
        row_number() over (order by min(gathered.published_on), findings.file_id) as place
    from findings
    inner join {{ ref('int_values_gathered') }} as gathered
        on findings.source_id = gathered.source_id
        and findings.snapshot_sha256 = gathered.snapshot_sha256
    left join accepted
        on findings.file_id = accepted.file_id
    where findings.is_conflict
        and accepted.file_id is null
    group by findings.file_id

),

-- one row a step; `held` names the files held so far, between bars
walk as (

    select
        0 as place,
        cast('|' as varchar) as held
    union all
    select
        in_doubt.place,
        case
            when exists (
                select 1
                from findings as finding
                where finding.file_id = in_doubt.file_id
                    and finding.is_conflict
                    and position('|' || finding.measure_file_id || '|' in walk.held) = 0
                    and position('|' || finding.witness_file_id || '|' in walk.held) = 0
                    and not exists (
                        select 1
                        from findings as better
                        where better.file_id = finding.file_id
                            and better.indicator_id = finding.indicator_id
                            and better.series_vintage = finding.series_vintage
                            and better.aspect = finding.aspect
                            and better.preference < finding.preference
                            and position('|' || better.measure_file_id || '|' in walk.held) = 0
                    )
            ) then walk.held || in_doubt.file_id || '|'
            else walk.held
        end as held
    from walk
    inner join in_doubt
        on walk.place + 1 = in_doubt.place

),

outcome as (

    select max(held) as held
    from walk
    where place = (select max(place) from walk)

),

-- a file is measured against earlier ones only, so the files held in the end are those held at its step
in_force as (

    select finding.*
    from findings as finding
    cross join outcome
    where finding.is_conflict
        and position('|' || finding.file_id || '|' in outcome.held) > 0
        and position('|' || finding.measure_file_id || '|' in outcome.held) = 0
        and position('|' || finding.witness_file_id || '|' in outcome.held) = 0
        and not exists (
            select 1
            from findings as better
            where better.file_id = finding.file_id
                and better.indicator_id = finding.indicator_id
                and better.series_vintage = finding.series_vintage
                and better.aspect = finding.aspect
                and better.preference < finding.preference
                and position('|' || better.measure_file_id || '|' in outcome.held) = 0
        )

),

-- one finding an indicator: what is wrong first, not all that follows from it
told as (

    select
        source_id,
        snapshot_sha256,
        indicator_id,
        message,
        row_number() over (
            partition by source_id, snapshot_sha256, indicator_id
            order by
                case finding
                    when 'provinces_lost' then 1
                    when 'another_indicator' then 2
                    when 'power_of_ten' then 3
                    else 4
                end,
                preference,
                message
        ) as turn
    from in_force

),

numbered as (

    select
        *,
        row_number() over (partition by source_id, snapshot_sha256 order by indicator_id) as place
    from told
    where turn = 1

)

select
    source_id,
    snapshot_sha256,
    string_agg(case when place <= 3 then message end, '; ' order by place)
    || case
        when max(place) > 3 then '; and ' || cast(max(place) - 3 as varchar) || ' more indicators'
        else ''
    end as reason
from numbered
group by source_id, snapshot_sha256
