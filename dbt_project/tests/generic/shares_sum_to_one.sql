{# {column} is not negative and sums to one within each {by}. #}
{% test shares_sum_to_one(model, column, by) %}
select
    {{ by | join(', ') }},
    sum({{ column }}) as total
from {{ model }}
group by {{ by | join(', ') }}
having abs(sum({{ column }}) - 1) > 1e-9
    or min({{ column }}) < 0
{% endtest %}
