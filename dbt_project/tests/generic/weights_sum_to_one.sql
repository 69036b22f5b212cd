{# The weights of each variant are not negative and sum to one. #}
{% test weights_sum_to_one(model) %}
select
    variant,
    sum(weight) as total,
    min(weight) as smallest
from {{ model }}
where weight is not null
group by variant
having abs(sum(weight) - 1) > 1e-9
    or min(weight) < 0
{% endtest %}
