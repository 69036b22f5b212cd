{# The squared loadings of the first principal component, as common table expressions that end in `squared_loadings`
   (key, row_id, element): the first eigenvector of the correlation matrix by repeated squaring, for C^(2^k) / trace
   tends to v v', whose diagonal holds them. Plain joins, so that any engine can run it. `observed` has the key, an
   indicator_id, area_code, year and a normalised_value that varies. #}
{% macro principal_component(observed, key, squarings=12) -%}
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

{% for k in range(1, squarings + 1) -%}
product_{{ k }} as (

    select
        {% for column in key -%}
        one.{{ column }},
        {% endfor -%}
        one.row_id,
        other.column_id,
        sum(one.element * other.element) as element
    from power_{{ k - 1 }} as one
    inner join power_{{ k - 1 }} as other
        on {% for column in key -%}
        one.{{ column }} = other.{{ column }}
        and {% endfor -%}
        one.column_id = other.row_id
    group by {% for column in key %}one.{{ column }}, {% endfor %}one.row_id, other.column_id

),

power_{{ k }} as (

    select
        {{ columns }},
        row_id,
        column_id,
        element / sum(case when row_id = column_id then element end) over (partition by {{ columns }}) as element
    from product_{{ k }}

),

{% endfor -%}
squared_loadings as (

    select
        {{ columns }},
        row_id as indicator_id,
        element as squared_loading
    from power_{{ squarings }}
    where row_id = column_id

)
{%- endmacro %}
