{# PRODY and EXPY are means of incomes: no smaller than the smallest and no larger than the largest. The fixed
   PRODY is a mean over years, so its bounds are those of all years. What is left of it without imported inputs may
   be less than any income. #}
{% test lies_within_the_range_of_income(model, column) %}
with bounds as (

    select
        as_of,
        year,
        min(income_yuan) as lowest,
        max(income_yuan) as highest
    from {{ ref('int_income_real') }}
    group by as_of, year

),

pooled as (

    select
        as_of,
        min(lowest) as lowest,
        max(highest) as highest
    from bounds
    group by as_of

)

select model.*
from {{ model }} as model
inner join bounds
    on model.as_of = bounds.as_of
    and model.year = bounds.year
inner join pooled
    on model.as_of = pooled.as_of
where (
    model.variant not in ('fixed_prody', 'domestic_content')
    and model.{{ column }} not between bounds.lowest * (1 - 1e-9) and bounds.highest * (1 + 1e-9)
)
or (
    model.variant = 'domestic_content'
    and (model.{{ column }} <= 0 or model.{{ column }} > bounds.highest * (1 + 1e-9))
)
or (
    model.variant = 'fixed_prody'
    and model.{{ column }} not between pooled.lowest * (1 - 1e-9) and pooled.highest * (1 + 1e-9)
)
{% endtest %}
