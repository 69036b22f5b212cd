{# A unit test compares numbers digit by digit: its override of the variable rounds a result to the digits of the
   golden number. A build never sets the variable, and the expression stands as it is. #}
{% macro in_digits(expression) -%}
    {%- if var('digits', none) is not none -%}
        round({{ expression }}, {{ var('digits') }})
    {%- else -%}
        {{ expression }}
    {%- endif -%}
{%- endmacro %}
