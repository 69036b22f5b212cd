{# Whether a key is the code of an area (a row of seeds/concordances/area_codes) in a year: 510000, 510000000000. #}
{% macro is_area_in_digits(area_key, year, area_codes) -%}
    case when substring({{ area_key }}, 7) in ('', '000000') then substring({{ area_key }}, 1, 6) end
        = {{ area_codes }}.code
        and {{ is_valid_in(area_codes, year) }}
{%- endmacro %}

{# Whether a row of the areas, once a name and year, is that of a cell. #}
{% macro is_area_of(cells, areas) -%}
    {{ cells }}.source_id = {{ areas }}.source_id
        and {{ cells }}.is_abroad = {{ areas }}.is_abroad
        and coalesce({{ cells }}.area_key, '') = {{ areas }}.area_key
        and coalesce({{ cells }}.area_label_alt, '') = {{ areas }}.area_label_alt
        and coalesce({{ cells }}.area_position, 0) = {{ areas }}.area_position
        and coalesce({{ cells }}.year_printed, 0) = {{ areas }}.year_printed
{%- endmacro %}

{# Whether a row of a concordance holds in a year; without a bound it always did, or still does. #}
{% macro is_valid_in(concordance, year) -%}
    coalesce({{ year }}, 9999) between coalesce({{ concordance }}.valid_from, 0) and coalesce({{ concordance }}.valid_to, 9999)
{%- endmacro %}

{# The chapter of a commodity code of 2 to 10 digits; an odd number of digits is a leading zero lost. #}
{% macro hs_chapter(code) -%}
    substring(case when mod(length({{ code }}), 2) = 1 then '0' || {{ code }} else {{ code }} end, 1, 2)
{%- endmacro %}

{# How many digits a code has that is the total of others: of a chapter, a heading, a subheading. #}
{% macro digits_of_totals() %}
    {{ return([2, 4, 6]) }}
{% endmacro %}

{# What the codes of a chapter with so many digits share, an x for any other digit: 85xxxxxx. #}
{% macro codes_like(chapter, digits) -%}
    rpad({{ chapter }}, cast({{ digits }} as integer), 'x')
{%- endmacro %}

{# Whether a code is one of those, or the one itself where nothing is shared. #}
{% macro is_code_like(code, shared) -%}
    {{ code }} like replace({{ shared }}, 'x', '_')
{%- endmacro %}

{# Whether an edition lies within the bounds of a correction; "2018" is any edition of that year. #}
{% macro is_in_editions(edition, corrections) -%}
    substring({{ edition }}, 1, length(coalesce({{ corrections }}.first_edition, '')))
        >= coalesce({{ corrections }}.first_edition, '')
        and substring({{ edition }}, 1, length(coalesce({{ corrections }}.last_edition, '')))
        <= coalesce({{ corrections }}.last_edition, '')
{%- endmacro %}

{# Whether a correction is about a cell, whatever the cell prints. #}
{% macro is_corrected_by(cells, corrections) -%}
    {{ cells }}.source_id = {{ corrections }}.source_id
        and {{ cells }}.corrected_as = {{ corrections }}.indicator_id
        and {{ cells }}.area_code = {{ corrections }}.area_code
        and {{ cells }}.year = {{ corrections }}.year
        and coalesce({{ cells }}.corrected_category, '') = coalesce({{ corrections }}.category_code, '')
        and ({{ corrections }}.locator is null or {{ cells }}.locator = {{ corrections }}.locator)
        and {{ is_in_editions(cells ~ '.edition', corrections) }}
{%- endmacro %}

{# Whether a period (a year, or a month in six digits) had not ended on a date: what is printed of it is an estimate. #}
{% macro had_not_ended(period_label, year, published_on) -%}
    case
        when length({{ period_label }}) = 6
            then cast({{ period_label }} as integer)
                >= 100 * extract(year from {{ published_on }}) + extract(month from {{ published_on }})
        else {{ year }} >= extract(year from {{ published_on }})
    end
{%- endmacro %}

{# Whether a variant (of the index, of EXPY) exists in a universe; one that names none exists in all. #}
{% macro is_variant_of(variants, universe) -%}
    coalesce({{ variants }}.universe, {{ universe }}) = {{ universe }}
{%- endmacro %}

{# Whether exports are counted by the codes of a classification itself (hs_2, sitc2_4: by economy, in thousand US
   dollars), and not by categories of our own. #}
{% macro is_by_printed_code(classification) -%}
    ({{ classification }} like 'hs!__' escape '!' or {{ classification }} like 'sitc%')
{%- endmacro %}
