{# PRODY and EXPY are means of incomes: no smaller than the smallest and no larger than the largest. The fixed
   PRODY is a mean over years, so its bounds are those of all years. #}
{% test lies_within_the_range_of_income(model, column) %}
with bounds as (

    select
        year,
        min(income_yuan) as lowest,
        max(income_yuan) as highest
    from {{ ref('int_income_real') }}
    group by year

),

pooled as (

    select
        min(lowest) as lowest,
        max(highest) as highest
    from bounds

)

select model.*
from {{ model }} as model
inner join bounds
    on model.year = bounds.year
cross join pooled
where (
    model.variant <> 'fixed_prody'
    and model.{{ column }} not between bounds.lowest * (1 - 1e-9) and bounds.highest * (1 + 1e-9)
)
or (
    model.variant = 'fixed_prody'
    and model.{{ column }} not between pooled.lowest * (1 - 1e-9) and pooled.highest * (1 + 1e-9)
)
{% endtest %}
