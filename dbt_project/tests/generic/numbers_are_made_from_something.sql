{# Every number of every kind has an input, down to the cells, or to the blocks of a matrix; but the price level of the base year is 1 by definition. #}
{% test numbers_are_made_from_something(model) %}
select
    numbers.kind,
    numbers.key
from ({{ numbers() }}) as numbers
left join {{ model }} as inputs
    on numbers.kind = inputs.kind
    and numbers.key = inputs.key
where numbers.value is not null
    and numbers.kind not in ('cell', 'inter_country_block')
    and not (numbers.kind = 'price_level' and numbers.value = 1)
    and numbers.kind not in (
        {%- for entry in number_kinds() if entry.inputs %}'{{ entry.kind }}'{{ ', ' if not loop.last }}{% endfor -%}
    )
    and inputs.key is null
{% endtest %}
