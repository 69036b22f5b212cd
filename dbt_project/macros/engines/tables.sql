{# How each engine makes a table. #}

{# A table of the build file. The file is private to one refresh and begins anew with it, so that dbt's table
   beside the table, its renaming and its backup would protect nothing; they are a third of dbt's own work. Nor are
   there transactions (profiles.yml): what a failed refresh left is begun anew. #}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set table = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        drop table if exists {{ table }};
        {{ create_table_as(false, table, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
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

{# A table of what depends on one file alone, made once a snapshot and version of the code, and kept as Parquet in the
   folder of the home that YEARBOOK_BY_SNAPSHOT names; what is missing there is made, the table is a view of all.
   Without such a folder, and on other engines, it is a table. Where its SQL reads what is of many files, it says
   is_of_snapshot_asked_for. Where not every file needs it, `snapshots` names the model, of the same schema, of those
   that do. #}
{% materialization by_snapshot, default %}
    {{ return(context['materialization_table_' ~ adapter.type()]()) }}
{% endmaterialization %}

{% materialization by_snapshot, adapter='duckdb', supported_languages=['sql'] %}
    {%- set view = this.incorporate(type='view') -%}
    {%- set folder = env_var('YEARBOOK_BY_SNAPSHOT', '') -%}
    {%- set files = "'" ~ (folder ~ '/' ~ this.identifier) | replace("'", "''") ~ "/'" -%}
    {%- set made = [] -%}
    {%- set snapshots_of = source('raw', 'trade_files') -%}
    {%- if config.get('snapshots') -%}
        {%- set snapshots_of = this.incorporate(path={'identifier': config.get('snapshots')}) -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- if folder -%}
        {%- set snapshots = run_query(
            "select distinct snapshot_sha256, " ~ files ~ " || snapshot_sha256 || '.parquet' as file, "
            ~ "exists (select 1 from glob(" ~ files ~ " || '*.parquet') as there(file) "
            ~ "where there.file like '%' || snapshot_sha256 || '.parquet') as is_there "
            ~ "from " ~ snapshots_of ~ " order by snapshot_sha256"
        ) -%}
        {%- for snapshot in snapshots.rows -%}
            {%- set file = "'" ~ snapshot['file'] | replace("'", "''") ~ "'" -%}
            {%- do made.append(file) -%}
            {%- if not snapshot['is_there'] -%}
                {%- do run_query("set variable snapshot_sha256 = '" ~ snapshot['snapshot_sha256'] ~ "'") -%}
                {%- do run_query("copy (" ~ sql ~ ") to " ~ file ~ " (format parquet, use_tmp_file true)") -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do run_query('reset variable snapshot_sha256') -%}
    {%- endif -%}
    {% call statement('main') -%}
        drop view if exists {{ view }};
        create view {{ view }} as
        {% if made -%}
        from read_parquet([{{ made | join(', ') }}])
        {%- else -%}
        {{ sql }}
        {%- endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}

{# Whether a row with a column snapshot_sha256 is of the file that a table by_snapshot is being made of; of any file
   where it is made of all at once. #}
{% macro is_of_snapshot_asked_for() -%}
    {{ return(adapter.dispatch('is_of_snapshot_asked_for')()) }}
{%- endmacro %}

{% macro default__is_of_snapshot_asked_for() -%}
    true
{%- endmacro %}

{% macro duckdb__is_of_snapshot_asked_for() -%}
    (getvariable('snapshot_sha256') is null or snapshot_sha256 = getvariable('snapshot_sha256'))
{%- endmacro %}

{# What is true, as a condition of a common table expression that is read in many places: Spark copies an expression into
   each of them, and what they read with it, but has the rows of one that draws random numbers once. DuckDB has them
   once anyway. #}
{% macro is_computed_once() -%}
    {{ return(adapter.dispatch('is_computed_once')()) }}
{%- endmacro %}

{% macro duckdb__is_computed_once() -%}
    true
{%- endmacro %}

{% macro spark__is_computed_once() -%}
    rand() >= 0
{%- endmacro %}
