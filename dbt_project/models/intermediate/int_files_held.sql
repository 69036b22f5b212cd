-- Files that are held back until somebody accepts them. The files in doubt are walked in the order of their
-- publication, and each is compared, year by year, with the best earlier file that is not held itself. So a held
-- file is no measure for the next one, and an accepted change of level is; and what is held follows from the files
-- and the acceptances alone, whatever the order of their arrival.
with recursive doubts as (

    select file_id
    from {{ ref('int_series_compared') }}
    where cells_jumped > 0
        or 2 * cells_above_double > cells_compared
        or 2 * cells_below_half > cells_compared
    union
    select file_id
    from {{ ref('int_provinces_lost') }}
    where provinces_lost > unknown_names
    union
    select file_id
    from {{ ref('int_series_of_another_indicator') }}

),

in_doubt as (

    select
        doubts.file_id,
        row_number() over (order by min(file_values.published_on), doubts.file_id) as place
    from doubts
    inner join {{ ref('int_file_values') }} as file_values
        on doubts.file_id = file_values.file_id
    left join {{ source('raw', 'files') }} as accepted
        on doubts.file_id = accepted.source_id || '/' || accepted.snapshot_sha256
        and accepted.acceptance is not null
    where accepted.source_id is null
    group by doubts.file_id

),

compared as (

    select compared.*
    from {{ ref('int_series_compared') }} as compared
    inner join in_doubt
        on compared.file_id = in_doubt.file_id

),

losses as (

    select losses.*
    from {{ ref('int_provinces_lost') }} as losses
    inner join in_doubt
        on losses.file_id = in_doubt.file_id

),

resemblances as (

    select resemblances.*
    from {{ ref('int_series_of_another_indicator') }} as resemblances
    inner join in_doubt
        on resemblances.file_id = in_doubt.file_id

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
                    from losses
                    where losses.file_id = in_doubt.file_id
                        and losses.provinces_lost > losses.unknown_names
                        and {{ is_measure('losses', 'losses', 'walk.held') }}
                ) or exists (
                    select 1
                    from compared
                    where compared.file_id = in_doubt.file_id
                        and {{ is_measure('compared', 'compared', 'walk.held') }}
                    group by compared.indicator_id, compared.series_vintage
                    having sum(compared.cells_jumped) > 0
                        or 2 * sum(compared.cells_above_double) > sum(compared.cells_compared)
                        or 2 * sum(compared.cells_below_half) > sum(compared.cells_compared)
                ) or exists (
                    select 1
                    from resemblances
                    where resemblances.file_id = in_doubt.file_id
                        and not {{ is_held('resemblances.measure_file_id', 'walk.held') }}
                        and not exists (
                            select 1
                            from compared
                            where compared.file_id = resemblances.file_id
                                and compared.indicator_id = resemblances.indicator_id
                                and compared.series_vintage = resemblances.series_vintage
                                and {{ is_measure('compared', 'compared', 'walk.held') }}
                            group by compared.indicator_id
                            having 4 * sum(compared.cells_equal) > sum(compared.cells_compared)
                        )
                ) then walk.held || in_doubt.file_id || '|'
            else walk.held
        end as held
    from walk
    inner join in_doubt
        on walk.place + 1 = in_doubt.place

),

outcome as (

    select held
    from walk
    where place = (select max(steps.place) from walk as steps)

)

select
    in_doubt.file_id,
    outcome.held
from in_doubt
cross join outcome
where {{ is_held('in_doubt.file_id', 'outcome.held') }}
