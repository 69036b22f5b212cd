{# Every {column} stands in {to}, which defines it. #}
{% test codes_are_known(model, column, to, field) %}
select coded.{{ column }}
from {{ model }} as coded
left join {{ to }} as known
    on coded.{{ column }} = known.{{ field }}
where known.{{ field }} is null
    and coded.{{ column }} is not null
{% endtest %}
