{# The five dimension scores add up to the index, and the index lies between 0 and 1. #}
{% test dimension_scores_add_up_to_the_index(model) %}
select *
from {{ model }}
where abs(
    digital_trade_index - (
        coalesce(infrastructure_score, 0)
        + coalesce(innovation_score, 0)
        + coalesce(scale_score, 0)
        + coalesce(potential_score, 0)
        + coalesce(barriers_score, 0)
    )
) > 1e-9
or digital_trade_index not between -1e-9 and 1 + 1e-9
{% endtest %}
