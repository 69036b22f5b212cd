{# How each engine makes a table. #}

{# A table of the build file. The file is private to one refresh and begins anew with it, so that dbt's table
   beside the table, its renaming and its backup would protect nothing; they are a third of dbt's own work. #}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set table = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        drop table if exists {{ table }};
        {{ create_table_as(false, table, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{# A table as Parquet in the folder of one refresh, which begins empty: nothing is looked up, renamed or described. #}
{% materialization table, adapter='spark', supported_languages=['sql'] %}
    {%- set table = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {% do run_query('drop table if exists ' ~ table) %}
    {% call statement('main') -%}
        {{ create_table_as(false, table, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}
