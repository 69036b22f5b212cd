{# Which sources print what; a model that reads all sources of a kind loops over these. #}

{# Sources that print indicators by area and year: each has stg_<source>__observations. #}
{% macro observation_sources() -%}
    {{ return([
        'nbs_portal', 'tech_yearbook', 'cnipa', 'neri', 'oecd', 'world_bank', 'un_comtrade', 'wind', 'csmar', 'compiled'
    ]) }}
{%- endmacro %}

{# Sources that print exports by category: each has stg_<source>__exports. #}
{% macro export_sources() -%}
    {{ return(['io_tables', 'customs']) }}
{%- endmacro %}
