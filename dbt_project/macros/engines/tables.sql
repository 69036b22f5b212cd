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
   folder of the home that YEARBOOK_BY_SNAPSHOT names; what is missing there is made, of raw.trade_rows of that file alone
   (of all files they would be opened anew for each), and the table is a view of all. Without such a folder, and on other
   engines, it is a table. Where not every file needs it, `snapshots` names the model, of the same schema, of those that
   do. #}
{% materialization by_snapshot, default %}
    {{ return(context['materialization_table_' ~ adapter.type()]()) }}
{% endmaterialization %}

{% materialization by_snapshot, adapter='duckdb', supported_languages=['sql'] %}
    {%- set view = this.incorporate(type='view') -%}
    {%- set folder = env_var('YEARBOOK_BY_SNAPSHOT', '') -%}
    {%- set files = "'" ~ (folder ~ '/' ~ this.identifier) | replace("'", "''") ~ "/'" -%}
    {%- set made = [] -%}
    {%- set rows, sheets = source('raw', 'trade_rows'), source('raw', 'trade_files') -%}
    {%- set needed = config.get('snapshots') -%}
    {%- set needed = this.incorporate(path={'identifier': needed}) if needed else sheets -%}
    {{ run_hooks(pre_hooks) }}
    {%- if folder -%}
        {%- set snapshots = run_query(
            "select snapshot_sha256, string_agg(distinct '''' || replace(rows_file, '''', '''''') || '''', ', ') "
            ~ "as rows_files, " ~ files ~ " || snapshot_sha256 || '.parquet' as file, "
            ~ "exists (select 1 from glob(" ~ files ~ " || '*.parquet') as there(file) "
            ~ "where there.file like '%' || snapshot_sha256 || '.parquet') as is_there "
            ~ "from " ~ sheets ~ " where snapshot_sha256 in (select snapshot_sha256 from " ~ needed ~ ") "
            ~ "group by snapshot_sha256 order by snapshot_sha256"
        ) -%}
        {%- for snapshot in snapshots.rows -%}
            {%- set file = "'" ~ snapshot['file'] | replace("'", "''") ~ "'" -%}
            {%- do made.append(file) -%}
            {%- if not snapshot['is_there'] -%}
                {%- set of_file = sql | replace(rows | string, "read_parquet([" ~ snapshot['rows_files'] ~ "])") -%}
                {%- do run_query("copy (" ~ of_file ~ ") to " ~ file ~ " (format parquet, use_tmp_file true)") -%}
            {%- endif -%}
        {%- endfor -%}
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
