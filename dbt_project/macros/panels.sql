{# The panel of a universe: one row an area and year while nothing of it changes. The columns of the contract are those
   of `described` (name: SQL) from the table of its areas, what a row rests on and, for each other one, what
   catalog.panel_column says, from int_panel_cells. `index_column` is its index, which has a row, or a reason, from the
   first publication on. #}
{% macro panel_of(universe, area_column, index_column, areas, described) -%}
{%- set keys = [area_column, 'year'] -%}
{%- set columns = contract_columns() -%}
{%- set editions = ['expy_classification', 'value_chain_edition'] | select('in', columns) | list -%}
{%- set rests_on = editions + ['share_imputed', 'share_proxy'] -%}
{%- set not_values = keys + (described.keys() | list) + rests_on + ['known_from', 'known_to'] -%}
{%- set values = columns | reject('in', not_values) | list -%}
with sampled as (

    select *
    from {{ ref('int_panel_cells') }}
    where universe = '{{ universe }}'

),

periods as (

    {{ periods_between_changes('sampled', ['area_code', 'year']) }}

),

wide as (

    select
        sampled.area_code as {{ area_column }},
        sampled.year,
        {% for column in values -%}
        max(case when sampled.column_name = '{{ column }}' then sampled.value end) as {{ column }},
        {% endfor -%}
        {% for column in editions -%}
        max(case when sampled.column_name = '{{ column }}' then sampled.classification end) as {{ column }},
        {% endfor -%}
        avg(case when sampled.is_imputed then 1e0 when not sampled.is_imputed then 0e0 end) as share_imputed,
        avg(cast(sampled.is_proxy as double)) as share_proxy,
        periods.known_from,
        periods.known_to
    from periods
    inner join sampled
        on periods.area_code = sampled.area_code
        and periods.year = sampled.year
        and {{ is_known_on('sampled', 'periods.known_from') }}
    group by sampled.area_code, sampled.year, periods.known_from, periods.known_to
    having count(case when sampled.column_name = '{{ index_column }}' then 1 end) > 0

),

changed as (

    {{ merged('wide', keys, values + rests_on) }}

)

select
    {% for column in columns -%}
    {%- if column in described -%}
    areas.{{ described[column] }}{{ ' as ' ~ column if described[column] != column }}
    {%- else -%}
    changed.{{ column }}
    {%- endif %}
    {%- if not loop.last %},
    {% endif %}
    {%- endfor %}
from changed
inner join {{ areas }} as areas
    on changed.{{ area_column }} = areas.{{ area_column }}
{%- endmacro %}

{# EXPY of a universe at any time, and where each stands among all rows of its variant and classification; `log` is the
   SQL of its logarithm. #}
{% macro expy_of(universe, area_column, expy_column, log) -%}
with areas as (

    select
        variant,
        classification,
        area_code as {{ area_column }},
        year,
        expy as {{ expy_column }},
        {{ log }} as expy_log,
        reason,
        known_from,
        known_to
    from {{ ref('int_expy') }}
    where universe = '{{ universe }}'

),

periods as (

    {{ periods_between_changes('areas', ['variant', 'classification']) }}

),

standardised as (

    select
        areas.variant,
        areas.classification,
        areas.{{ area_column }},
        areas.year,
        areas.{{ expy_column }},
        areas.expy_log,
        (areas.{{ expy_column }} - avg(areas.{{ expy_column }}) over all_rows)
        / nullif(stddev_samp(areas.{{ expy_column }}) over all_rows, 0) as expy_z,
        areas.reason,
        periods.known_from,
        periods.known_to
    from periods
    inner join areas
        on periods.variant = areas.variant
        and periods.classification = areas.classification
        and {{ is_known_on('areas', 'periods.known_from') }}
    window all_rows as (
        partition by areas.variant, areas.classification, periods.known_from
    )

)

{{ merged(
    'standardised', ['variant', 'classification', area_column, 'year'], [expy_column, 'expy_log', 'expy_z', 'reason'],
    summed=[expy_column, 'expy_log', 'expy_z']
) }}
{%- endmacro %}

{# The digital trade index of a universe at any time, with the columns of the contract. #}
{% macro index_of(universe, area_column) -%}
select
    {% for column in contract_columns() -%}
    {{ 'area_code as ' ~ column if column == area_column and column != 'area_code' else column }}
    {%- if not loop.last %},
    {% endif %}
    {%- endfor %}
from {{ ref('int_index') }}
where universe = '{{ universe }}'
{%- endmacro %}
