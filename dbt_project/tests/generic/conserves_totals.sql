{# A concordance moves amounts, it neither loses nor doubles them: within each group of `by`, the sum of `column` is
   the sum of `of_column` in the relation it was made of, there over the rows `of_rows`. #}
{% test conserves_totals(model, column, of, of_column, by, of_rows='true') %}
with after as (

    select
        {{ by | join(', ') }},
        sum({{ column }}) as total
    from {{ model }}
    group by {{ by | join(', ') }}

),

before as (

    select
        {{ by | join(', ') }},
        sum({{ of_column }}) as total
    from {{ of }}
    where {{ of_rows }}
    group by {{ by | join(', ') }}

)

select
    {% for name in by -%}
    before.{{ name }},
    {% endfor -%}
    before.total as total_before,
    after.total as total_after
from before
left join after
    on {% for name in by -%}
    before.{{ name }} = after.{{ name }}
    {%- if not loop.last %}
    and {% endif %}
    {%- endfor %}
where before.total is not null
    and (after.total is null or abs(after.total - before.total) > 1e-9 * abs(before.total))
{% endtest %}
