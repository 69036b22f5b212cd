{# No {column} is missing without a reason: missing is NULL, never 0. #}
{% test missing_index_has_a_reason(model, column, reason='reason') %}
select *
from {{ model }}
where {{ column }} is null
    and {{ reason }} is null
{% endtest %}
