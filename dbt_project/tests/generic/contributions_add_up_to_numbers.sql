{# Weight times the value of an input is its contribution, and the contributions add up to the number. #}
{% test contributions_add_up_to_numbers(model) %}
with numbers as (

    {{ numbers() }}

),

contributions as (

    select
        inputs.kind,
        inputs.key,
        inputs.contribution,
        abs(inputs.weight * input_numbers.value - inputs.contribution) as difference
    from {{ model }} as inputs
    left join numbers as input_numbers
        on inputs.input_kind = input_numbers.kind
        and inputs.input_key = input_numbers.key
    where inputs.weight is not null

)

select
    numbers.kind,
    numbers.key,
    max(numbers.value) as value,
    sum(contributions.contribution) as sum_of_contributions
from contributions
inner join numbers
    on contributions.kind = numbers.kind
    and contributions.key = numbers.key
    and numbers.value is not null
group by numbers.kind, numbers.key
having max(contributions.difference) > 0.000000001 * max(abs(numbers.value))
    or abs(sum(contributions.contribution) - max(numbers.value)) > 0.000000001 * max(abs(numbers.value))
{% endtest %}
