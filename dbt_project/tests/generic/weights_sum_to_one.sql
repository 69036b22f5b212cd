{# The weights of each variant and vintage date are not negative and sum to one. #}
{% test weights_sum_to_one(model) %}
select
    as_of,
    variant,
    sum(weight) as total,
    min(weight) as smallest
from {{ model }}
where weight is not null
group by as_of, variant
having abs(sum(weight) - 1) > 1e-9
    or min(weight) < 0
{% endtest %}
