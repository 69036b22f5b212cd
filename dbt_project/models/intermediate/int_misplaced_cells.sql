-- Single cells of a file that is taken which print exactly what is known of another area or year, and not what is known
-- of their own: two provinces exchanged, a value in the wrong column. Where a whole year was revised a new value may be
-- an old one by chance; there only one of another area counts that is far (5 %) from its own. Where most of a file or
-- of a year is so, the file is held back (int_file_findings).
with held as (

    select coalesce(max(held), '|') as held
    from {{ ref('int_files_held') }}

),

measured as (

    select findings.*
    from {{ ref('int_file_findings') }} as findings
    cross join held
    where findings.finding = 'another_place'
        and findings.turn = 3
        and findings.cells_found > 0
        and not {{ is_held('findings.file_id', 'held.held') }}
        and {{ is_measure('findings', ref('int_file_findings'), 'held.held') }}
),

beside_their_own as (

    select
        filed.*,
        earlier.value as own_value,
        earlier.source_id || '/' || earlier.edition || '/' || earlier.file_name as measure_file,
        avg(case when abs(filed.value - earlier.value) <= 0.0005 * abs(earlier.value) then 1 else 0 end) over (
            partition by filed.file_id, filed.indicator_id, filed.series_vintage, filed.period
        ) as share_unrevised
    from measured
    inner join {{ ref('int_file_values') }} as filed
        on measured.file_id = filed.file_id
        and measured.indicator_id = filed.indicator_id
        and measured.series_vintage = filed.series_vintage
        and measured.period = filed.period
    inner join {{ ref('int_file_values') }} as earlier
        on measured.measure_file_id = earlier.file_id
        and measured.indicator_id = earlier.indicator_id
        and measured.measure_series_vintage = earlier.series_vintage
        and measured.period = earlier.period
        and filed.area_code = earlier.area_code
        and filed.category_code = earlier.category_code
    where filed.category_code = ''

)

select
    filed.source_id || '/' || filed.edition || '/' || filed.file_name as file,
    filed.indicator_id,
    filed.area_code,
    filed.period,
    filed.locator,
    filed.value,
    filed.own_value,
    filed.measure_file,
    other.other_area_code,
    other.other_period,
    row_number() over (
        partition by filed.indicator_id, filed.area_code, filed.period
        order by filed.published_on desc, filed.file_id, other.distance, other.other_area_code, other.other_period
    ) as place
from beside_their_own as filed
inner join {{ ref('int_values_known_elsewhere') }} as other
    on filed.indicator_id = other.indicator_id
    and filed.category_code = other.category_code
    and filed.area_code = other.area_code
    and filed.period = other.period
    and filed.value = other.value
    and filed.published_on > other.known_from
where {{ is_misplaced('filed.value', 'filed.own_value', 'other.distance') }}
    and other.distance < 0.000001
    and (
        filed.share_unrevised > 0.5
        or (filed.area_code <> other.other_area_code and abs(filed.value / filed.own_value - 1) > 0.05)
    )
