{# A {column} stands for one thing at a time: its rows hold in years that do not overlap, and end after they begin. #}
{% test intervals_do_not_overlap(model, column) %}
with intervals as (

    select
        {{ column }} as code,
        coalesce(valid_from, 0) as first_year,
        coalesce(valid_to, 9999) as last_year
    from {{ model }}

),

followed as (

    select
        *,
        lead(first_year) over (partition by code order by first_year, last_year) as next_first_year
    from intervals

)

select *
from followed
where last_year < first_year
    or next_first_year <= last_year
{% endtest %}
