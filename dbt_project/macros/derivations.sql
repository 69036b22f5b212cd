{# Whether an indicator is the numerator or denominator of a derivation, or one of those that are summed up in it:
   "teachers_primary + teachers_junior_secondary". #}
{% macro is_term(indicator, terms) -%}
position(' ' || {{ indicator }} || ' ' in ' ' || {{ terms }} || ' ') > 0
{%- endmacro %}
