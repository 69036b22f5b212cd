{# A standard deviation that a few far values do not widen: 1.4826 times the median absolute deviation, which is that of
   a normal distribution (Rousseeuw and Croux 1993). Without a median, the value is a deviation from it already. #}
{% macro robust_deviation(value, median=none) -%}
    1.4826 * percentile_cont(0.5) within group (order by abs({{ value }}{{ ' - ' ~ median if median }}))
{%- endmacro %}
