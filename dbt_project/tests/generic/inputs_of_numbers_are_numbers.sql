{# What a number was made from is there: a number of its kind, or a printed cell. #}
{% test inputs_of_numbers_are_numbers(model) %}
select inputs.*
from {{ model }} as inputs
inner join ({{ numbers() }}) as numbers
    on inputs.kind = numbers.kind
    and inputs.key = numbers.key
    and numbers.value is not null
left join ({{ numbers() }}) as inputs_known
    on inputs.input_kind = inputs_known.kind
    and inputs.input_key = inputs_known.key
    and inputs_known.value is not null
where inputs_known.key is null
{% endtest %}
