{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{% test values_are_positive(model) %}
    select province_code, year, expy from {{ model }} where expy <= 0
{% endtest %}
