{# No two rows have the same {columns}, the key of the table, and no part of it is NULL. #}
{% test rows_are_unique(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
    {% for column in columns -%}
    or {{ column }} is null
    {% endfor %}
{% endtest %}
