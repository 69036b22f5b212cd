{# The parts of each {by} add up to its {value}. Only rows `of_rows` of the index are compared. #}
{% test contributions_add_up(model, index, value, by, of_rows='true') %}
select
    {% for column in by -%}
    parts.{{ column }},
    {% endfor -%}
    max(indices.{{ value }}) as {{ value }},
    sum(parts.contribution_yuan) as sum_of_parts
from {{ model }} as parts
inner join {{ index }} as indices
    on {% for column in by -%}
    parts.{{ column }} = indices.{{ column }}
    {% if not loop.last %}and {% endif %}
    {%- endfor %}
where indices.{{ value }} is not null
    and {{ of_rows }}
group by {% for column in by %}parts.{{ column }}{{ ", " if not loop.last }}{% endfor %}
having abs(sum(parts.contribution_yuan) / max(indices.{{ value }}) - 1) > 0.000000001
{% endtest %}
