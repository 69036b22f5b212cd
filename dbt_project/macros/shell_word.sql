{# A text as one word of a command that can be pasted: orchestration/report.py has it in Python. #}
{% macro shell_word(text) -%}
    case
        when translate({{ text }}, '"$`!' || chr(92), '') = {{ text }} then '"' || {{ text }} || '"'
        else chr(39) || replace({{ text }}, chr(39), chr(39) || chr(92) || chr(39) || chr(39)) || chr(39)
    end
{%- endmacro %}
