{# A row without a value says why, and a row with a value says how it was obtained. #}
{% test missing_values_have_a_reason(model) %}
select *
from {{ model }}
where (value is null and missing_reason is null)
    or (value is not null and obs_status is null)
{% endtest %}
