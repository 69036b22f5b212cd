{# {column} is a mean of incomes: no smaller than the smallest and no larger than the largest. The fixed
   PRODY is a mean over years, so its bounds are those of all years. What is left of it without imported inputs may
   be less than any income. #}
{% test lies_within_the_range_of_income(model, column, universe='province') %}
with dates as (

    select distinct known_from
    from {{ model }}

),

bounds as (

    select
        dates.known_from,
        income.year,
        min(income.income) as lowest,
        max(income.income) as highest
    from dates
    inner join {{ ref('int_income') }} as income
        on {{ is_known_on('income', 'dates.known_from') }}
    where income.universe = '{{ universe }}'
        and income.variant = 'annual'
    group by dates.known_from, income.year

),

pooled as (

    select
        known_from,
        min(lowest) as lowest,
        max(highest) as highest
    from bounds
    group by known_from

)

select model.*
from {{ model }} as model
inner join bounds
    on model.known_from = bounds.known_from
    and model.year = bounds.year
inner join pooled
    on model.known_from = pooled.known_from
where (
    model.variant not in ('fixed_prody', 'domestic_content', 'ppp', 'current')
    and model.{{ column }} not between bounds.lowest * (1 - 1e-9) and bounds.highest * (1 + 1e-9)
)
or (
    model.variant = 'domestic_content'
    and (model.{{ column }} < 0 or model.{{ column }} > bounds.highest * (1 + 1e-9))
)
or (
    model.variant = 'fixed_prody'
    and model.{{ column }} not between pooled.lowest * (1 - 1e-9) and pooled.highest * (1 + 1e-9)
)
{% endtest %}
