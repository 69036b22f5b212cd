{# How each engine reads seeds, whose YAML lists the type of every column. #}

{# A seed on DuckDB, which reads the file itself: dbt's own way reads it in Python first, cell by cell, to guess types. #}
{% materialization seed, adapter='duckdb' %}
    {%- set table = this.incorporate(type='table') -%}
    {%- set file = adapter.get_seed_file_path(model) | replace("'", "''") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace table {{ table }} as
        from read_csv('{{ file }}', delim = ',', header = true, types = {{ config.get('column_types') }})
    {%- endcall %}
    {%- do store_result('agate_table', response='OK') -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{# A seed on Spark in one statement, its texts as they are: by dbt's own a blank becomes the text 'None', and an
   apostrophe ends the literal. #}
{% materialization seed, adapter='spark' %}
    {%- set table = this.incorporate(type='table') -%}
    {%- set rows = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
    {{ run_hooks(pre_hooks) }}
    {% do run_query('drop table if exists ' ~ table) %}
    {% call statement('main') -%}
        create table {{ table }} using parquet as
        select
            {% for column in rows.column_names -%}
            cast({{ column }} as {{ config.get('column_types', {}).get(column, adapter.convert_type(rows, loop.index0)) }})
                as {{ column }}{{ ',' if not loop.last }}
            {% endfor %}
        from values
        {% for row in rows.rows -%}
            ({% for value in row %}{{ text_or_null(value) }}{{ ', ' if not loop.last }}{% endfor %}){{ ',' if not loop.last }}
        {% endfor %} as lines ({{ rows.column_names | join(', ') }})
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{# A value of a seed as a literal of Spark, to which a backslash begins an escape. #}
{% macro text_or_null(value) -%}
    {%- if value is none -%} null
    {%- else -%} '{{ (value | string) | replace('\\', '\\\\') | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}

{# Replace the table `this` by a query that reads it. #}
{% macro replaced_by(query) -%}
    {{ return(adapter.dispatch('replaced_by')(query)) }}
{%- endmacro %}

{% macro duckdb__replaced_by(query) -%}
    create or replace table {{ this }} as
    {{ query }}
{%- endmacro %}

{# Spark overwrites no table that it reads. #}
{% macro spark__replaced_by(query) -%}
    {%- set aside = this.incorporate(path={'identifier': this.identifier ~ '__aside'}) -%}
    {%- do run_query('create table ' ~ aside ~ ' using parquet as ' ~ query) -%}
    {%- do run_query('drop table ' ~ this) -%}
    {%- do run_query('alter table ' ~ aside ~ ' rename to ' ~ this) -%}
{%- endmacro %}
