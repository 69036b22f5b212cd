{# The columns of raw value cells that staging needs, but those that a model works out itself. #}
{% macro cell_columns(without) -%}
    {%- set columns = [
        'source_id', 'edition', 'published_on', 'series_vintage', 'snapshot_sha256', 'file_name', 'sheet', 'cell',
        'row_number', 'column_number', 'role', 'text', 'table_title', 'title_key', 'indicator_label', 'indicator_key',
        'unit_label', 'unit_key', 'area_label', 'area_key', 'area_label_alt', 'area_key_alt', 'area_position', 'period_label',
        'obs_status'
    ] -%}
    {%- for column in columns if column not in without -%}
        cells.{{ column }}{{ ',\n    ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The one of the words that a text holds; NULL where it holds none or several. #}
{% macro the_one_word(text, words) -%}
    case
        when {% for word in words -%}
            case when {{ text }} like '%{{ word }}%' then 1 else 0 end{{ ' + ' if not loop.last }}
        {%- endfor %} <> 1 then null
        {% for word in words -%}
            when {{ text }} like '%{{ word }}%' then '{{ word }}'
        {% endfor -%}
    end
{%- endmacro %}

{# A heading or title of a patent table with one word for one thing: 申请受理 is 申请, 申请授权 is 授权, 新型 is 实用新型. #}
{% macro patent_words(text) -%}
    {%- set in_full = replace_pattern(replace_pattern(text, '(实用)?新型', '实用新型'), '外观(设计)?', '外观设计') -%}
    {{ replace_pattern(replace_pattern(in_full, '申请授权', '授权'), '申请受理|受理', '申请') }}
{%- endmacro %}
