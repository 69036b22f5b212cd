{# What a number was made from is there: a number of its kind, or a printed cell. #}
{% test inputs_of_numbers_are_numbers(model) %}
with numbers as (

    {{ numbers() }}

),

lacking as (

    select inputs.*
    from {{ model }} as inputs
    left join numbers
        on inputs.input_kind = numbers.kind
        and inputs.input_key = numbers.key
        and numbers.value is not null
    where numbers.key is null

)

select lacking.*
from lacking
inner join numbers
    on lacking.kind = numbers.kind
    and lacking.key = numbers.key
    and numbers.value is not null
{% endtest %}
