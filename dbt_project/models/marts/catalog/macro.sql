-- Questions that take arguments: from marts.trace_observation('gdp', 'Tianjin', 2017). The hook makes them.
{{ config(post_hook="{{ create_release_macros() }}") }}
{%- for table in release_macro_tables() %}
-- depends_on: {{ ref(table) }}
{%- endfor %}
{% for macro in release_macros() -%}
select
    '{{ macro.name }}' as macro_name,
    '{{ macro.parameters | join(", ") }}' as parameters,
    '{{ macro.description }}' as description,
    '{{ macro.example | replace("'", "''") }}' as example
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}
