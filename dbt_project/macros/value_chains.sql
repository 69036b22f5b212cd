{# One row for each set of keys of a grain, with a column for each measure that the contract lists. `keys` are the
   columns of the mart and what they are called in staging. #}
{% macro measures_in_columns(grain, keys) -%}
    {%- set facts = ['year', 'published_on', 'snapshot_sha256', 'table_gap'] -%}
select
    table_edition,
    {%- for name, called in keys.items() %}
    {{ called }}{{ ' as ' ~ name if name != called }},
    {%- endfor %}
    {%- for fact in facts %}
    {{ fact }},
    {%- endfor %}
    {%- for column in contract_columns() if column not in ['table_edition'] + (keys.keys() | list) + facts %}
    {% if column == 'reason' -%}
    max(reason) as reason
    {%- else -%}
    max(case when measure = '{{ column }}' then value end) as {{ column }}
    {%- endif -%}
    {{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('stg_icio__measures') }}
where grain = '{{ grain }}'
group by {{ (['table_edition'] + (keys.values() | list) + facts) | join(', ') }}
{%- endmacro %}

{# The area that an inter-country table calls so. #}
{% macro area_of_table(code) -%}
    case {{ code }} when 'CHN' then '100000' else {{ code }} end
{%- endmacro %}

{# The measures of economies, one row each. #}
{% macro measures_in_rows() -%}
    (select * from {{ ref('stg_icio__measures') }} where grain = 'country')
{%- endmacro %}

{# The same of a release, whose macros DuckDB alone makes, from the columns of the mart of a kind of numbers. #}
{% macro measures_in_rows_of_release(kind) -%}
    {%- set entry = number_kinds() | selectattr('kind', 'equalto', kind) | first -%}
    {%- set facts = ['published_on', 'snapshot_sha256', 'table_gap'] + ([entry.reason] if entry.reason else []) -%}
    (
        unpivot {{ entry.table }}
        on columns(* exclude ({{ (entry.key[1:] + facts) | join(', ') }}))
        into name measure value value
    )
{%- endmacro %}
