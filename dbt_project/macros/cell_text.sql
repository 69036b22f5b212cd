{# Text functions over printed cells. #}

{# A printed cell without the white space around it; full-width digits and signs become plain ones. #}
{% macro plain_text(text) -%}
    {%- set wide = '０１２３４５６７８９．，＋－\u2212％＊＃（）［］\u3000\u00a0\u2009\u202f' -%}
    {%- set plain = '0123456789.,+--%*#()[]    ' -%}
    {%- set half_width = 'translate(' ~ text ~ ", '" ~ wide ~ "', '" ~ plain ~ "')" -%}
    {{ replace_pattern(half_width, '^\\s+|\\s+$', '') }}
{%- endmacro %}

{# The number in a plain text, NULL for anything else. "18,549.19*" is 18549.19 and "12 345(2)" is 12345: thousands
   are set apart in threes by commas or by spaces, and neither footnote marks behind a number nor how firm it is, "(p)",
   are part of it. "12.3%" is 12.3, see unit_as_printed. "1,23", "0,123" and "1 2" are not numbers, nor is "(123)", which
   may be a negative one. #}
{% macro printed_number(plain) -%}
    {%- set marks = '(?:[*#†‡①-⑳¹²³⁰⁴-⁹⁽⁾]|\\[(?:[0-9]{1,2}|[pPeErR])\\]|\\((?:[0-9]{1,2}|[pPeErR])\\))' -%}
    {%- set digits = '(?:(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.][0-9]*)?|[.][0-9]+)' -%}
    {%- set number = '^[+-]?' ~ digits ~ '(?:[eE][+-]?[0-9]{1,2})?%?\\s*' ~ marks ~ '*$' -%}
    case
        when {{ plain }} <> '' and {{ replace_pattern(plain, number, '') }} = ''
            then try_cast({{ replace_pattern(plain, marks ~ '+$|[,%\\s]', '') }} as double)
    end
{%- endmacro %}

{# How firm the letter behind a number says that it is: "41610.9(p)" is provisional, "41610.9(e)" an estimate. #}
{% macro printed_status(text) -%}
    case lower(substring({{ text }}, length({{ text }}) - 2))
        when '(p)' then 'P'
        when '（p）' then 'P'
        when '[p]' then 'P'
        when '(e)' then 'E'
        when '（e）' then 'E'
        when '[e]' then 'E'
    end
{%- endmacro %}

{# The digits behind the point of a printed number. #}
{% macro decimals_printed(plain) -%}
    case
        when {{ plain }} like '%.%' then length({{ replace_pattern(plain, '^[^.]*[.]|[^0-9.].*$', '') }})
        else 0
    end
{%- endmacro %}

{# Whether two printed texts are the same number. #}
{% macro are_one_number(one, other) -%}
    {{ printed_number(plain_text(one)) }} = {{ printed_number(plain_text(other)) }}
{%- endmacro %}

{# The unit of a printed number: a percent sign beside the number wins over the heading. #}
{% macro unit_as_printed(plain, unit) -%}
    case when {{ plain }} like '%!%%' escape '!' then '%' else {{ unit }} end
{%- endmacro %}

{# Whether a key of several units names a scale that is none of them: "currentus$,billions", "元、千". #}
{% macro has_scale_alone(unit_key) -%}
    {{ replace_pattern(
        unit_key,
        '(?:^|[,、;])(?:in)?(?:(?:hundred|thousand|million|billion|trillion)s?|mn|bn|[十百千万亿]+)(?:$|[,、;])', ''
    ) }} <> {{ unit_key }}
{%- endmacro %}

{# Whether a code became a number that a spreadsheet shortened: "8.5423E+07". #}
{% macro is_number_of_spreadsheet(code) -%}
    {{ replace_pattern(code, '^[0-9](?:[.][0-9]+)?[eE][+][0-9]+$', '') }} = ''
{%- endmacro %}

{# The year in "2017年", "2017", "2017.0", "2017年度", "2017年末", "FY2017", "2017年①" (the marks of a footnote). #}
{% macro printed_year(text) -%}
    {%- set label = replace_pattern(plain_text(text), '^FY|\\s+|(?:[*①-⑳¹²³⁰⁴-⁹]|\\[[0-9]{1,2}\\])+\\s*$', '') -%}
    case
        when {{ replace_pattern(label, '^(?:19|20)[0-9]{2}(?:[.]0)?年?(?:度|[底末]数?)?$', '') }} = ''
            then cast(substring({{ label }}, 1, 4) as integer)
    end
{%- endmacro %}

{# The year of a month as the customs print it: "201712", "2017-12", "2017年12月". #}
{% macro printed_year_of_month(text) -%}
    {%- set label = replace_pattern(plain_text(text), '\\s+', '') -%}
    case
        when {{ replace_pattern(label, '^(?:19|20)[0-9]{2}[-/.年]?(?:0?[1-9]|1[0-2])月?$', '') }} = ''
            then cast(substring({{ label }}, 1, 4) as integer)
    end
{%- endmacro %}

{# A year or a month in digits, however printed: "2022", "202201". #}
{% macro period_in_digits(text) -%}
    {%- set label = replace_pattern(plain_text(text), '^FY|\\s+', '') -%}
    case
        when {{ printed_year(text) }} is not null then substring({{ label }}, 1, 4)
        when {{ printed_year_of_month(text) }} is not null
            then substring({{ label }}, 1, 4)
                || lpad({{ replace_pattern("substring(" ~ label ~ ", 5)", '[^0-9]', '') }}, 2, '0')
    end
{%- endmacro %}

{# Why a plain text holds no number; NULL for a number and for text that should have been one. #}
{% macro missing_as_printed(plain) -%}
    case
        when {{ plain }} is null or {{ plain }} = '' then 'blank in the source'
        when {{ plain }} in ('…', '...', '……', '┅') then 'below the smallest unit printed'
        when lower({{ plain }}) in ('-', '--', '—', '——', '–', '..', '/', '无')
            or lower({{ plain }}) in ('n.a.', 'na', 'n/a', 'nan', 'null', 'none')
            then 'printed as none or not available'
        when {{ is_spreadsheet_error(plain) }}
            then 'an error value of a spreadsheet, ' || {{ plain }}
        when {{ plain }} like '=%' then 'a formula whose value the file does not hold'
    end
{%- endmacro %}

{# Whether a plain text is an error of a spreadsheet. #}
{% macro is_spreadsheet_error(plain) -%}
    {{ plain }} in ('#N/A', '#REF!', '#VALUE!', '#DIV/0!', '#NAME?', '#NUM!', '#NULL!')
{%- endmacro %}

{# Where a cell stands: sheet and cell, or the cell alone in a text file. #}
{% macro cell_address(sheet, cell) -%}
    case when {{ sheet }} is null then {{ cell }} else {{ sheet }} || '!' || {{ cell }} end
{%- endmacro %}

{# A heading is printed in Chinese with its translation behind it, level by level ("合计 Total/发明 Inventions").
   A word with small letters after white space is a translation, so that "人均 GDP" keeps its tail. #}
{% macro chinese_part(label) -%}
    {%- set without_translations -%}
    case
        when {{ replace_pattern(label, '[\\x{3400}-\\x{9fff}]', '') }} <> {{ label }}
            then {{ replace_pattern(one_line(label), '\\s[^/\\x{3400}-\\x{9fff}]*[a-z][^/\\x{3400}-\\x{9fff}]*', '') }}
    end
    {%- endset -%}
    nullif({{ trimmed(without_translations) }}, '')
{%- endmacro %}

{% macro english_part(label) -%}
    nullif(trim(both ' /' from {{ replace_pattern(one_line(label), '[^/]*[\\x{3400}-\\x{9fff}][^\\sA-Za-z/]*', '') }}), '')
{%- endmacro %}

{# What is printed, in a sentence: so much of it as tells what it is. #}
{% macro quoted(text) -%}
    '"' || case when length({{ text }}) > 60 then substring({{ text }}, 1, 60) || '…' else {{ text }} end || '"'
{%- endmacro %}

{% macro one_line(text) -%}
    {{ replace_pattern(text, '\\s+', ' ') }}
{%- endmacro %}

{# A name as it stands in a key column (the readers' label_key), where no translation stands beside it. #}
{% macro label_as_key(text) -%}
    lower({{ replace_pattern(text, '\\s+', '') }})
{%- endmacro %}

{# Whether a heading announces a column of cities. #}
{% macro heads_cities(text) -%}
    {{ label_as_key(text) }} in (
        '城市', '城市名', '城市名称', '主要城市', '地级市', '地级市名称', '地级以上城市', '地市', '地市名称', '市', '市州', '市名',
        '所在城市', '所属城市', '所属地级市', '所在地级市', 'city', 'cities', 'cityname', 'city_name', 'ctnm', 'prefecture'
    )
{%- endmacro %}

{# Whether a yearbook of a province names the province itself, beside its cities. #}
{% macro is_whole_province(area_key) -%}
    coalesce({{ area_key }}, '') in ('全省', '全区', '全自治区')
{%- endmacro %}
