{#- The first eigenvector of the correlation matrix by repeated squaring: C^(2^k) / trace tends to v v', whose
    diagonal holds the squared loadings. Plain joins, so that any engine can run it. -#}
{%- set squarings = 12 -%}
with observed as (

    select
        as_of,
        indicator_id,
        area_code,
        year,
        normalised_value
    from {{ ref('int_index_normalised') }}
    where variant = 'pca'
        and maximum > minimum

),

power_0 as (

    select
        one.as_of,
        one.indicator_id as row_id,
        other.indicator_id as column_id,
        corr(one.normalised_value, other.normalised_value) as element
    from observed as one
    inner join observed as other
        on one.as_of = other.as_of
        and one.area_code = other.area_code
        and one.year = other.year
    group by one.as_of, one.indicator_id, other.indicator_id

),

{% for k in range(1, squarings + 1) -%}
product_{{ k }} as (

    select
        one.as_of,
        one.row_id,
        other.column_id,
        sum(one.element * other.element) as element
    from power_{{ k - 1 }} as one
    inner join power_{{ k - 1 }} as other
        on one.as_of = other.as_of
        and one.column_id = other.row_id
    group by one.as_of, one.row_id, other.column_id

),

power_{{ k }} as (

    select
        as_of,
        row_id,
        column_id,
        element / sum(case when row_id = column_id then element end) over (partition by as_of) as element
    from product_{{ k }}

){{ "," if not loop.last }}

{% endfor -%}
select
    as_of,
    row_id as indicator_id,
    {{ in_digits('element') }} as squared_loading
from power_{{ squarings }}
where row_id = column_id
