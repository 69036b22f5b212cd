{%- set levels = [
    ('own_values', 0, 0.25, 'equal', 'values are those known'),
    ('power_of_ten', 4, 0, 'jumped', 'values differ by a power of ten'),
    ('another_level', 5, 0.5, 'above_double', 'values are more than double'),
    ('another_level', 5, 0.5, 'below_half', 'values are less than half'),
    ('another_level', 6, 0.5, 'far', 'values are more than half as large again, or less than two thirds'),
] -%}
-- What may speak against a file, before it is known which files are held; which claims hold is for int_files_held to
-- say. One row a file, series, claim, period and earlier file that it is measured by (NULL: the file speaks against
-- itself). A claim without cells compared holds by itself, any other when more than `share_allowed` of the cells
-- compared are found, over all periods, in each by the best measure (`preference`, 1 first) that is not held. Claims
-- of a lower `turn` come first, the others may follow from them; turn 0 speaks for a file, and what is `excused_by` it
-- does not count where it holds.
with misplaced as (

    select
        *,
        sum(case when 2 * cells_misplaced > cells_compared and cells_compared >= {{ var('areas_to_compare') }} then 1 end)
            over (partition by file_id, indicator_id, series_vintage) as periods_misplaced
    from {{ ref('int_series_compared') }}

)

{% for finding, turn, share_allowed, cells, claim in levels -%}
select
    file_id,
    indicator_id,
    series_vintage,
    '{{ finding }}' as finding,
    {{ turn }} as turn,
    '{{ claim }}' as claim,
    cast(null as varchar) as excused_by,
    period,
    measure_file_id,
    preference,
    cells_{{ cells }} as cells_found,
    cells_compared,
    {{ share_allowed }} as share_allowed,
    case when cells_jumped > 0 then 100 else 0 end + example_power as example_weight,
    period as example_period,
    example_area_code,
    example_category_code,
    example_value,
    example_measure_value,
    measure_series_vintage,
    cast(null as varchar) as example_remark
from {{ ref('int_series_compared') }}

union all

{% endfor -%}
-- once for all years, and once a year for a column that alone is another's
{% for turn, claim in [(3, "'values'"), (4, "'values of ' || misplaced.period")] -%}
select
    misplaced.file_id,
    misplaced.indicator_id,
    misplaced.series_vintage,
    'another_place' as finding,
    {{ turn }} as turn,
    {{ claim }} || ' are those of another area or year' as claim,
    cast(null as varchar) as excused_by,
    misplaced.period,
    misplaced.measure_file_id,
    misplaced.preference,
    misplaced.cells_misplaced as cells_found,
    misplaced.cells_compared,
    0.5 as share_allowed,
    abs(misplaced.misplaced_value - misplaced.misplaced_measure_value) as example_weight,
    misplaced.period as example_period,
    misplaced.misplaced_area_code as example_area_code,
    misplaced.misplaced_category_code as example_category_code,
    misplaced.misplaced_value as example_value,
    misplaced.misplaced_measure_value as example_measure_value,
    misplaced.measure_series_vintage,
    ', which is the value of ' || areas.name_en || ' in ' || misplaced.misplaced_other_period as example_remark
from misplaced
left join {{ ref('dim_area') }} as areas
    on misplaced.misplaced_other_area_code = areas.area_code
{% if not loop.first -%}
where misplaced.periods_misplaced > 0
    and misplaced.cells_compared >= {{ var('areas_to_compare') }}
{%- endif %}

union all

{% endfor -%}
select
    file_id,
    indicator_id,
    series_vintage,
    'provinces_lost' as finding,
    2 as turn,
    'values by province and year that it has are lost here' as claim,
    cast(null as varchar) as excused_by,
    period,
    measure_file_id,
    preference,
    case when provinces_lost > unknown_names then provinces_lost else 0 end as cells_found,
    provinces_compared as cells_compared,
    0 as share_allowed,
    provinces_lost as example_weight,
    period as example_period,
    example_area_code,
    cast(null as varchar) as example_category_code,
    cast(null as double) as example_value,
    cast(null as double) as example_measure_value,
    cast(null as varchar) as measure_series_vintage,
    cast(null as varchar) as example_remark
from {{ ref('int_provinces_lost') }}

union all

select
    file_id,
    indicator_id,
    series_vintage,
    'another_indicator' as finding,
    3 as turn,
    'values are those of ' || other_indicator_id || ' there' as claim,
    'own_values' as excused_by,
    '' as period,
    measure_file_id,
    row_number() over (
        partition by file_id, indicator_id, series_vintage, other_indicator_id
        order by cells_alike desc, measure_file_id
    ) as preference,
    cells_alike as cells_found,
    cells_shared as cells_compared,
    0 as share_allowed,
    cells_alike as example_weight,
    example_period,
    example_area_code,
    cast(null as varchar) as example_category_code,
    cast(null as double) as example_value,
    cast(null as double) as example_measure_value,
    cast(null as varchar) as measure_series_vintage,
    cast(null as varchar) as example_remark
from {{ ref('int_series_of_another_indicator') }}

union all

select
    repetitions.file_id,
    repetitions.indicator_id,
    repetitions.series_vintage,
    'printed_twice' as finding,
    3 as turn,
    'values ' || coalesce('of ' || repetitions.repeated_year || ' ', '') || 'are printed again as those of '
    || repetitions.other_key as claim,
    cast(null as varchar) as excused_by,
    '' as period,
    cast(null as varchar) as measure_file_id,
    1 as preference,
    repetitions.cells_equal as cells_found,
    repetitions.cells_compared,
    0 as share_allowed,
    repetitions.cells_equal as example_weight,
    repetitions.example_period,
    repetitions.example_area_code,
    cast(null as varchar) as example_category_code,
    cast(null as double) as example_value,
    cast(null as double) as example_measure_value,
    cast(null as varchar) as measure_series_vintage,
    cast(null as varchar) as example_remark
from {{ ref('int_series_printed_twice') }} as repetitions
where repetitions.repeated <> 'area'

union all

select
    file_id,
    indicator_id,
    '' as series_vintage,
    finding,
    1 as turn,
    claim,
    cast(null as varchar) as excused_by,
    '' as period,
    cast(null as varchar) as measure_file_id,
    1 as preference,
    cast(null as bigint) as cells_found,
    cast(null as bigint) as cells_compared,
    0 as share_allowed,
    0 as example_weight,
    cast(null as varchar) as example_period,
    cast(null as varchar) as example_area_code,
    cast(null as varchar) as example_category_code,
    cast(null as double) as example_value,
    cast(null as double) as example_measure_value,
    cast(null as varchar) as measure_series_vintage,
    cast(null as varchar) as example_remark
from {{ ref('int_file_faults') }}
