{# The diagonal of the high power of symmetric matrices, scaled to a trace of 1, as common table expressions that end in
   `squared_loadings`: `relation` has the key, row_id, column_id and element, where an element that is not there is 0. #}
{% macro squared_loadings_of(relation, key, squarings) -%}
    {{ return(adapter.dispatch('squared_loadings_of')(relation, key, squarings)) }}
{%- endmacro %}

{# Joins, one after the other: of rows with rows, so that a diagonal of squares is never below 0. #}
{% macro duckdb__squared_loadings_of(relation, key, squarings) -%}
{%- set columns = key | join(', ') -%}
{% for k in range(1, squarings + 1) -%}
product_{{ k }} as (

    select
        {% for column in key -%}
        one.{{ column }},
        {% endfor -%}
        one.row_id,
        other.row_id as column_id,
        sum(one.element * other.element) as element
    from {{ relation if k == 1 else 'power_' ~ (k - 1) }} as one
    inner join {{ relation if k == 1 else 'power_' ~ (k - 1) }} as other
        on {% for column in key -%}
        one.{{ column }} = other.{{ column }}
        and {% endfor -%}
        one.column_id = other.column_id
    group by {% for column in key %}one.{{ column }}, {% endfor %}one.row_id, other.row_id

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

{# Spark would compute a common table expression once for each use, the first one 2^28 times: matrices as arrays of their
   rows are squared in one expression. #}
{% macro spark__squared_loadings_of(relation, key, squarings) -%}
{%- set columns = key | join(', ') -%}
{%- set product -%}
transform(power, one -> transform(power, other -> aggregate(zip_with(one, other, (x, y) -> x * y), 0e0, (s, z) -> s + z)))
{%- endset -%}
{%- set trace -%}
aggregate(transform(squared, (vector, place) -> vector[place]), 0e0, (s, z) -> s + z)
{%- endset -%}
dimensions as (

    select
        {{ columns }},
        array_sort(collect_set(row_id)) as ids
    from {{ relation }}
    group by {{ columns }}

),

vectors as (

    select
        {{ columns }},
        row_id,
        map_from_entries(collect_list(struct(column_id, element))) as elements
    from {{ relation }}
    group by {{ columns }}, row_id

),

matrices as (

    select
        {% for column in key -%}
        vectors.{{ column }},
        {% endfor -%}
        dimensions.ids,
        transform(
            array_sort(
                collect_list(
                    struct(
                        vectors.row_id,
                        transform(dimensions.ids, id -> coalesce(try_element_at(vectors.elements, id), 0e0)) as vector
                    )
                )
            ),
            row -> row.vector
        ) as matrix
    from vectors
    inner join dimensions
        on {% for column in key -%}
        vectors.{{ column }} = dimensions.{{ column }}
        {% if not loop.last %}and {% endif -%}
        {% endfor -%}
    group by {% for column in key %}vectors.{{ column }}, {% endfor %}dimensions.ids

),

powers as (

    select
        {{ columns }},
        ids,
        aggregate(
            sequence(1, {{ squarings }}),
            matrix,
            (power, k) -> transform(
                array({{ product }}),
                squared -> transform(squared, vector -> transform(vector, x -> x / {{ trace }}))
            )[0]
        ) as power
    from matrices

),

squared_loadings as (

    select
        {{ columns }},
        loading.ids as indicator_id,
        loading.diagonal as squared_loading
    from (
        select
            {{ columns }},
            explode(arrays_zip(ids, diagonal)) as loading
        from (
            select
                {{ columns }},
                ids,
                transform(power, (vector, place) -> vector[place]) as diagonal
            from powers
        ) as diagonals
    ) as loadings

)
{%- endmacro %}
