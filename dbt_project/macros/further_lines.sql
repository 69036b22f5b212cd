{# A seed with the lines that join it, if any, and whose each line is: those of the home (its judgement folder, checked
   before the build), and the names by which a compilation may declare an indicator. Not a source() to dbt, whose seeds
   depend on nothing: the raw tables are there before any seed. #}
{% macro with_further_lines() -%}
{%- set further = adapter.get_relation(this.database, 'raw', 'judgement_' ~ model.name) -%}
{%- set lines -%}
select
    *,
    'project' as origin
from {{ this }}
{%- if further %}
union all
select
    {% for column, data_type in model.config.column_types.items() -%}
    cast({{ column }} as {{ data_type }}) as {{ column }},
    {% endfor -%}
    origin
from {{ further }}
{%- endif %}
{%- endset -%}
{{ replaced_by(lines) }}
{%- endmacro %}
