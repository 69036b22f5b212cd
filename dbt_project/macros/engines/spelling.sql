{# Functions that engines spell differently, or understand differently: models call these. Each says the same number or
   text on every engine. #}

{# A text with every match of a regular expression replaced. #}
{% macro replace_pattern(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_pattern')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{# In a raw literal, for Spark reads a backslash in others as the beginning of an escape. #}
{% macro spark__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, r'{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{# A text without the spaces around it, ideographic ones included. #}
{% macro trimmed(text) -%}
    {{ return(adapter.dispatch('trimmed')(text)) }}
{%- endmacro %}

{% macro duckdb__trimmed(text) -%}
    trim({{ text }})
{%- endmacro %}

{% macro spark__trimmed(text) -%}
    {{ replace_pattern(text, '^\\p{Zs}+|\\p{Zs}+$', '') }}
{%- endmacro %}

{# The texts of a group in one, in the order of `columns`; NULLs are left out, NULL if there are no others. #}
{% macro joined(text, separator, columns) -%}
    {{ return(adapter.dispatch('joined')(text, separator, columns)) }}
{%- endmacro %}

{% macro duckdb__joined(text, separator, columns) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__joined(text, separator, columns) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ columns | join(', ') }})
{%- endmacro %}

{# A double to so many digits behind the point, halves away from 0. #}
{% macro rounded(number, digits=0) -%}
    {{ return(adapter.dispatch('rounded')(number, digits)) }}
{%- endmacro %}

{% macro duckdb__rounded(number, digits) -%}
    round({{ number }}, {{ digits }})
{%- endmacro %}

{# What DuckDB does; Spark's own rounds the decimal text of the number, and to a constant number of digits alone. #}
{% macro spark__rounded(number, digits) -%}
    sign({{ number }}) * round(abs({{ number }}) * power(10, {{ digits }})) / power(10, {{ digits }})
{%- endmacro %}

{# A double in digits: 0.25, 1051, 12345678.9; 0 has no sign. #}
{% macro in_words(number) -%}
    {{ return(adapter.dispatch('in_words')(number)) }}
{%- endmacro %}

{% macro duckdb__in_words(number) -%}
    regexp_replace(cast({{ number }} + 0e0 as string), '[.]0$', '')
{%- endmacro %}

{# Spark writes 1.23456789E7, beyond 10 million and below a thousandth. #}
{% macro spark__in_words(number) -%}
    case
        when {{ number }} = 0 then '0'
        when abs({{ number }}) >= 1e15 or abs({{ number }}) < 1e-4 then cast({{ number }} as string)
        else regexp_replace(cast(cast({{ number }} as decimal(38, 20)) as string), '[.]?0+$', '')
    end
{%- endmacro %}
