{# A value is the sum of its contributions; a sum of which a part is unknown is unknown. #}
{% macro sum_of_contributions(contribution) -%}
case when count({{ contribution }}) = count(*) then sum({{ contribution }}) end
{%- endmacro %}
