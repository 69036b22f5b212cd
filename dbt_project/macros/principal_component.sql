{# The squared loadings of the first principal component, as common table expressions that end in `squared_loadings`
   (key, indicator_id, squared_loading): the first eigenvector of the correlation matrix by repeated squaring, for C^(2^k) / trace
   tends to v v', whose diagonal holds them: after 28 squarings to 1e-9, where the two largest eigenvalues differ by more than
   1e-7 of themselves. Where they are equal no component is the first, and the loadings are the mean of both. `observed`
   has the key, an indicator_id, area_code, year and a normalised_value that varies. #}
{% macro principal_component(observed, key, squarings=28) -%}
{%- set columns = key | join(', ') -%}
power_0 as (

    select
        {% for column in key -%}
        one.{{ column }},
        {% endfor -%}
        one.indicator_id as row_id,
        other.indicator_id as column_id,
        corr(one.normalised_value, other.normalised_value) as element
    from {{ observed }} as one
    inner join {{ observed }} as other
        on {% for column in key -%}
        one.{{ column }} = other.{{ column }}
        and {% endfor -%}
        one.area_code = other.area_code
        and one.year = other.year
    group by {% for column in key %}one.{{ column }}, {% endfor %}one.indicator_id, other.indicator_id

),

{{ squared_loadings_of('power_0', key, squarings) }}
{%- endmacro %}
