{# Text functions over printed cells. Engines differ in their regular expressions, hence the dispatch. #}

{% macro replace_pattern(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_pattern')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{# "18,549.19*" is 18549.19: thousands commas, white space and trailing footnote marks are not part of a number;
   full-width digits are digits. NaN, which SDMX prints for a missing value, is no number. #}
{% macro printed_number(text) -%}
    {%- set plain = "translate(" ~ text ~ ", '０１２３４５６７８９．－', '0123456789.-')" -%}
    nullif(
        try_cast({{ replace_pattern(plain, '[,，\\s\\p{Z}]|[*#†①-⑳]+$', '') }} as double), cast('NaN' as double)
    )
{%- endmacro %}

{# The year in "2017年", "2017", "201712". #}
{% macro printed_year(text) -%}
    try_cast(substring({{ text }}, 1, 4) as integer)
{%- endmacro %}

{# Why a printed cell holds no number; NULL for a number and for text that should have been one. #}
{% macro missing_as_printed(text) -%}
    case
        when {{ text }} is null or trim({{ text }}) = '' then 'blank in the source'
        when trim({{ text }}) in ('…', '...', '……', '┅') then 'below the smallest unit printed'
        when trim({{ text }}) in ('-', '--', '—', '——', '–', '/', '无', 'n.a.', 'NA', 'N/A', 'NaN') then 'printed as none or not available'
    end
{%- endmacro %}

{# Where a cell stands: sheet and cell, or the cell alone in a text file. #}
{% macro cell_address(sheet, cell) -%}
    case when {{ sheet }} is null then {{ cell }} else {{ sheet }} || '!' || {{ cell }} end
{%- endmacro %}

{# A heading is printed in Chinese with its translation behind it, level by level ("合计 Total/发明 Inventions").
   A word with small letters after white space is a translation, so that "人均 GDP" keeps its tail. #}
{% macro chinese_part(label) -%}
    nullif(trim(
        case
            when {{ replace_pattern(label, '[\\x{3400}-\\x{9fff}]', '') }} <> {{ label }}
                then {{ replace_pattern(one_line(label), '\\s[^/\\x{3400}-\\x{9fff}]*[a-z][^/\\x{3400}-\\x{9fff}]*', '') }}
        end
    ), '')
{%- endmacro %}

{% macro english_part(label) -%}
    nullif(trim({{ replace_pattern(one_line(label), '[^/]*[\\x{3400}-\\x{9fff}][^\\sA-Za-z/]*', '') }}, ' /'), '')
{%- endmacro %}

{% macro one_line(text) -%}
    {{ replace_pattern(text, '\\s+', ' ') }}
{%- endmacro %}
