{#- the share of the cells compared that may be so, by what is counted -#}
{%- set shares_allowed = {'jumped': 0, 'above_double': 0.5, 'below_half': 0.5, 'far': 0.5, 'misplaced': 0.5} -%}
{#- the finding, its turn, the cells that are counted, what is said of them; `of year`: whether each year is a claim of
    its own, for a column that alone is wrong -#}
{%- set farther = ' are more than half as large again, or less than two thirds' -%}
{%- set levels = [
    ('power_of_ten', 4, 'jumped', ' differ by a power of ten', false),
    ('another_level', 5, 'above_double', ' are more than double', false),
    ('another_level', 5, 'below_half', ' are less than half', false),
    ('another_level', 6, 'far', farther, false),
    ('another_level', 7, 'far', farther, true),
] -%}
{%- set of_year = "'values of ' || compared.period" -%}
{%- set places = [
    (3, "'values'", 'misplaced', 'compared', 0),
    (4, of_year, 'misplaced', 'compared', 0),
    (4, of_year ~ " || ' that differ'", 'copied', 'changed', var('areas_to_compare')),
] -%}
{%- set weight_of_level = 'case when cells_jumped > 0 then 100 else 0 end + example_power' -%}
{%- set no_values -%}
cast(null as string) as example_category_code,
        cast(null as double) as example_value,
        cast(null as double) as example_measure_value,
        cast(null as string) as measure_series_vintage,
        cast(null as string) as example_remark
{%- endset -%}
-- What may speak against a file, before it is known which files are held; which claims hold is for int_files_held to
-- say. One row a file, series, claim, period and earlier file that it is measured by (NULL: the file speaks against
-- itself). A claim without cells compared holds by itself, any other when more than `share_allowed` of the cells
-- compared are found, over all periods, in each by the best measure (`preference`, 1 first) that is not held. Claims of
-- a lower `turn` come first, the others may follow from them; turn 0 speaks for a file, and what is `excused_by` it
-- does not count where it holds. What can decide nothing has no rows: a claim that no measure of any period supports,
-- and own values that are less preferred than those of a file that is in no doubt, for such a file is never held.
with compared as (

    select *
    from {{ ref('int_series_compared') }}
    where {{ is_computed_once() }}

),

supported as (

    select
        file_id,
        indicator_id,
        series_vintage,
        {% for cells, share_allowed in shares_allowed.items() -%}
        max(case when cells_{{ cells }} > {{ share_allowed }} * cells_compared then 1 else 0 end) as any_{{ cells }},
        {% endfor -%}
        max(case when {{ are_most_of_a_year('cells_far') }} then 1 else 0 end) as any_year_far,
        max(case when {{ are_most_of_a_year('cells_misplaced') }} then 1 else 0 end) as any_year_misplaced,
        max(case when {{ are_most_of_a_year('cells_copied', 'cells_changed') }} then 1 else 0 end) as any_year_copied
    from compared
    group by file_id, indicator_id, series_vintage

),

claims as (

    {% for finding, turn, cells, claim, of_year in levels -%}
    select
        compared.file_id,
        compared.indicator_id,
        compared.series_vintage,
        '{{ finding }}' as finding,
        {{ turn }} as turn,
        'values'{{ " || ' of ' || compared.period" if of_year }} || '{{ claim }}' as claim,
        cast(null as string) as excused_by,
        compared.period,
        compared.measure_file_id,
        compared.preference,
        compared.cells_{{ cells }} as cells_found,
        compared.cells_compared,
        {{ shares_allowed[cells] }} as share_allowed,
        {{ weight_of_level }} as example_weight,
        compared.period as example_period,
        compared.example_area_code,
        compared.example_category_code,
        compared.example_value,
        compared.example_measure_value,
        compared.measure_series_vintage,
        cast(null as string) as example_remark
    from compared
    inner join supported
        on compared.file_id = supported.file_id
        and compared.indicator_id = supported.indicator_id
        and compared.series_vintage = supported.series_vintage
    {% if of_year -%}
    where supported.any_year_{{ cells }} = 1
        and compared.cells_compared >= {{ var('areas_to_compare') }}
    {%- else -%}
    where supported.any_{{ cells }} = 1
    {%- endif %}

    union all

    {% endfor -%}
    -- once for all years, once a year for a column that alone is another's, and once a year for what differs in it
    {% for turn, claim, cells, of_cells, least in places -%}
    select
        compared.file_id,
        compared.indicator_id,
        compared.series_vintage,
        'another_place' as finding,
        {{ turn }} as turn,
        {{ claim }} || ' are those of another area or year' as claim,
        cast(null as string) as excused_by,
        compared.period,
        compared.measure_file_id,
        compared.preference,
        -- the best measure counts, also one that differs in few
        case
            when compared.cells_{{ of_cells }} >= {{ least }} then compared.cells_{{ cells }} else 0
        end as cells_found,
        compared.cells_{{ of_cells }}{% if of_cells != 'compared' %} as cells_compared{% endif %},
        {{ shares_allowed['misplaced'] }} as share_allowed,
        abs(compared.misplaced_value - compared.misplaced_measure_value) as example_weight,
        compared.period as example_period,
        compared.misplaced_area_code as example_area_code,
        compared.misplaced_category_code as example_category_code,
        compared.misplaced_value as example_value,
        compared.misplaced_measure_value as example_measure_value,
        compared.measure_series_vintage,
        ', which is the value of ' || areas.name_en || ' in ' || compared.misplaced_other_period as example_remark
    from compared
    inner join supported
        on compared.file_id = supported.file_id
        and compared.indicator_id = supported.indicator_id
        and compared.series_vintage = supported.series_vintage
    left join {{ ref('dim_area') }} as areas
        on compared.misplaced_other_area_code = areas.area_code
    {% if loop.first -%}
    where supported.any_misplaced = 1
    {%- else -%}
    where supported.any_year_{{ cells }} = 1
        and compared.cells_compared >= {{ var('areas_to_compare') }}
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
        cast(null as string) as excused_by,
        period,
        measure_file_id,
        preference,
        case when provinces_lost > unknown_names then provinces_lost else 0 end as cells_found,
        provinces_compared as cells_compared,
        0 as share_allowed,
        provinces_lost as example_weight,
        period as example_period,
        example_area_code,
        {{ no_values }}
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
        {{ no_values }}
    from {{ ref('int_series_of_another_indicator') }}

    union all

    select
        repetitions.file_id,
        repetitions.indicator_id,
        repetitions.series_vintage,
        'printed_twice' as finding,
        3 as turn,
        'values ' || case repetitions.repeated when 'year' then 'of ' || repetitions.repeated_key || ' ' else '' end
        || 'are printed again as those of ' || repetitions.other_key as claim,
        cast(null as string) as excused_by,
        '' as period,
        cast(null as string) as measure_file_id,
        1 as preference,
        repetitions.cells_equal as cells_found,
        repetitions.cells_compared,
        0 as share_allowed,
        repetitions.cells_equal as example_weight,
        repetitions.example_period,
        repetitions.example_area_code,
        {{ no_values }}
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
        cast(null as string) as excused_by,
        '' as period,
        cast(null as string) as measure_file_id,
        1 as preference,
        cast(null as bigint) as cells_found,
        cast(null as bigint) as cells_compared,
        0 as share_allowed,
        0 as example_weight,
        cast(null as string) as example_period,
        cast(null as string) as example_area_code,
        {{ no_values }}
    from {{ ref('int_file_faults') }}

),

in_doubt as (

    select distinct claims.file_id
    from claims
    where {{ may_hold('claims') }}

),

-- the best measure of a period that is in no doubt
surely_taken as (

    select
        compared.file_id,
        compared.indicator_id,
        compared.series_vintage,
        compared.period,
        min(compared.preference) as preference
    from compared
    left join in_doubt
        on compared.measure_file_id = in_doubt.file_id
    where in_doubt.file_id is null
    group by compared.file_id, compared.indicator_id, compared.series_vintage, compared.period

)

select * from claims

union all

select
    compared.file_id,
    compared.indicator_id,
    compared.series_vintage,
    'own_values' as finding,
    0 as turn,
    'values are those known' as claim,
    cast(null as string) as excused_by,
    compared.period,
    compared.measure_file_id,
    compared.preference,
    compared.cells_equal as cells_found,
    compared.cells_compared,
    0.25 as share_allowed,
    {{ weight_of_level }} as example_weight,
    compared.period as example_period,
    compared.example_area_code,
    compared.example_category_code,
    compared.example_value,
    compared.example_measure_value,
    compared.measure_series_vintage,
    cast(null as string) as example_remark
from compared
left join surely_taken
    on compared.file_id = surely_taken.file_id
    and compared.indicator_id = surely_taken.indicator_id
    and compared.series_vintage = surely_taken.series_vintage
    and compared.period = surely_taken.period
where surely_taken.preference is null
    or compared.preference <= surely_taken.preference
