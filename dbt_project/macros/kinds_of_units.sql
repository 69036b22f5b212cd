{# Whether values in a unit may be added over areas, or as parts of a whole: counts and amounts. #}
{% macro is_additive(unit) -%}
    {{ unit }} in (
        '100 million yuan', '10 thousand persons', 'persons', 'person-years', '10 thousand', 'items', 'km',
        'million persons', 'million US dollars'
    )
{%- endmacro %}

{# Whether values in a unit are rates or indices, which lie near each other in all areas. #}
{% macro is_rate(unit) -%}
    {{ unit }} in ('fraction', 'ratio', '0-1', 'points', 'previous year = 100')
{%- endmacro %}

{# A number in the standard unit; money in yuan. #}
{% macro in_standard_unit(number, factor, currency, cny_per_usd) -%}
{{ number }} * {{ factor }} * case when {{ currency }} is null then 1 else {{ cny_per_usd }} end
{%- endmacro %}
