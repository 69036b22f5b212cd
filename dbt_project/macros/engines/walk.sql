{# The walk over the files in doubt, as common table expressions that end in `outcome`: one row, whose `held` names the
   files held, between bars. `in_doubt` has file_id and place, the order of the walk, `findings` the rows of
   int_file_findings of these files. What counts and when a claim holds: macros/vintage_gate.sql. #}
{% macro walk_over(in_doubt, findings) -%}
    {{ return(adapter.dispatch('walk_over')(in_doubt, findings)) }}
{%- endmacro %}

{# One row a step. #}
{% macro duckdb__walk_over(in_doubt, findings) -%}
walk as (

    select
        0 as place,
        cast('|' as string) as held
    union all
    select
        in_doubt.place,
        case
            when exists (
                    select 1
                    from {{ findings }} as findings
                    where findings.file_id = in_doubt.file_id
                        and {{ counts_against('findings', findings, 'walk.held') }}
                    group by findings.indicator_id, findings.series_vintage, findings.claim
                    having {{ holds('findings') }}
                ) then walk.held || in_doubt.file_id || '|'
            else walk.held
        end as held
    from walk
    inner join {{ in_doubt }} as in_doubt
        on walk.place + 1 = in_doubt.place

),

outcome as (

    select held
    from walk
    where place = (select max(steps.place) from walk as steps)

)
{%- endmacro %}

{# A recursive query of Spark knows its own rows one subquery deep, and what counts lies deeper: the findings of a file
   are an array of its series, and the walk is a fold over the array of files. #}
{% macro spark__walk_over(in_doubt, findings) -%}
{%- set columns = [
    'indicator_id', 'turn', 'finding', 'claim', 'excused_by', 'period', 'measure_file_id', 'preference', 'cells_found',
    'cells_compared', 'share_allowed'
] -%}
series as (

    select
        file_id,
        collect_list(struct({{ columns | join(', ') }})) as findings
    from {{ findings }}
    group by file_id, indicator_id, series_vintage

),

files as (

    select
        in_doubt.place,
        in_doubt.file_id,
        collect_list(series.findings) as series
    from {{ in_doubt }} as in_doubt
    inner join series
        on in_doubt.file_id = series.file_id
    group by in_doubt.place, in_doubt.file_id

),

outcome as (

    select
        aggregate(
            array_sort(collect_list(struct(place, file_id, series))),
            '|',
            (held, file) -> case
                when exists(file.series, findings -> {{ any_claim_holds('findings', 'held') }})
                    then held || file.file_id || '|'
                else held
            end
        ) as held
    from files

)
{%- endmacro %}

{# Whether a claim holds, of the rows of the array `findings` that count. #}
{% macro any_claim_holds(findings, held) -%}
exists(
    array_distinct(transform({{ findings }}, f -> f.claim)),
    claim -> {{ rows_hold(
        'filter(' ~ findings ~ ', f -> f.claim = claim and ' ~ row_counts('f', findings, held) ~ ')', 'counting'
    ) }}
)
{%- endmacro %}

{# As counts_against, of a row of an array. #}
{% macro row_counts(row, findings, held) -%}
{{ row }}.turn > 0
    and {{ is_best_measure(row, findings, held) }}
    and not {{ rows_hold(
        'filter(' ~ findings ~ ', own -> coalesce(own.indicator_id = ' ~ row ~ '.indicator_id and own.finding = '
        ~ row ~ '.excused_by, false) and ' ~ is_best_measure('own', findings, held) ~ ')', 'excusing'
    ) }}
{%- endmacro %}

{# As is_measure, of a row of an array. #}
{% macro is_best_measure(row, findings, held) -%}
not coalesce({{ is_held(row ~ '.measure_file_id', held) }}, false)
    and not exists(
        {{ findings }},
        better -> coalesce(
            better.indicator_id = {{ row }}.indicator_id
            and better.claim = {{ row }}.claim
            and better.period = {{ row }}.period
            and better.preference < {{ row }}.preference
            and not {{ is_held('better.measure_file_id', held) }},
            false
        )
    )
{%- endmacro %}

{# Whether there are rows in an array, and what they claim holds, as `holds` says; `name` is what the array is called. #}
{% macro rows_hold(rows, name) -%}
exists(
    array({{ rows }}),
    {{ name }} -> size({{ name }}) > 0
    and coalesce(
        {{ sum_over(name, 'cells_found') }}
        > array_max(transform({{ name }}, r -> r.share_allowed)) * {{ sum_over(name, 'cells_compared') }},
        true
    )
)
{%- endmacro %}

{# The sum of a field of the rows of an array; NULL where all are. #}
{% macro sum_over(rows, field) -%}
aggregate(
    filter(transform({{ rows }}, r -> cast(r.{{ field }} as double)), n -> n is not null),
    cast(null as double),
    (total, n) -> coalesce(total, 0e0) + n
)
{%- endmacro %}
