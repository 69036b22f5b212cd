{# The rows of a check stand in the table; they never stop a release. #}
{% test gives_no_warning(model, check_name) -%}
{{ config(severity='warn') }}
select
    indicator_id,
    area_code,
    year,
    message
from {{ model }}
where check_name = '{{ check_name }}'
{%- endtest %}
