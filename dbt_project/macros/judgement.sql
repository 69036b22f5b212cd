{# A seed with the lines that the home adds to it (its judgement folder, checked before the build), if any, and whose
   each line is. Not a source() to dbt, whose seeds depend on nothing: the raw tables are there before any seed. #}
{% macro with_judgement_of_the_home() -%}
{%- set of_home = adapter.get_relation(this.database, 'raw', 'judgement_' ~ model.name) -%}
{%- set lines -%}
select
    *,
    'project' as origin
from {{ this }}
{%- if of_home %}
union all
select
    {% for column, data_type in model.config.column_types.items() -%}
    cast({{ column }} as {{ data_type }}) as {{ column }},
    {% endfor -%}
    'home' as origin
from {{ of_home }}
{%- endif %}
{%- endset -%}
{{ replaced_by(lines) }}
{%- endmacro %}
