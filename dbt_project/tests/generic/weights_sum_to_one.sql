{# The weights of each universe and variant are not negative and sum to one at any time. #}
{% test weights_sum_to_one(model) %}
with dates as (

    select distinct
        universe,
        variant,
        known_from
    from {{ model }}
    where weight is not null

)

select
    dates.universe,
    dates.variant,
    dates.known_from,
    sum(weights.weight) as total,
    min(weights.weight) as smallest
from dates
inner join {{ model }} as weights
    on dates.universe = weights.universe
    and dates.variant = weights.variant
    and {{ is_known_on('weights', 'dates.known_from') }}
where weights.weight is not null
group by dates.universe, dates.variant, dates.known_from
having abs(sum(weights.weight) - 1) > 1e-9
    or min(weights.weight) < 0
{% endtest %}
