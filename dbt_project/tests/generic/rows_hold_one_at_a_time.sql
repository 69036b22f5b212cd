{# Of the rows of one {key} one holds at a time: no interval ends before it begins or overlaps with the next, and no
   column of the key is NULL. #}
{% test rows_hold_one_at_a_time(model, key) %}
with followed as (

    select
        {{ key | join(', ') }},
        known_from,
        known_to,
        lead(known_from) over (partition by {{ key | join(', ') }} order by known_from) as next_known_from
    from {{ model }}

)

select *
from followed
where known_from is null
    or known_to <= known_from
    or next_known_from < coalesce(known_to, {{ end_of_time() }})
    {% for column in key -%}
    or {{ column }} is null
    {% endfor %}
{% endtest %}
