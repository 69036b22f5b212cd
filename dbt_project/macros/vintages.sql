{# A table as it is known now: the columns that its contract lists, of the newest vintage of another. #}
{% macro newest_vintage(vintages) -%}
select
    {% for column in model.columns -%}
    {{ column }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
from {{ vintages }}
where {{ is_newest_vintage() }}
{%- endmacro %}

{# Whether a row is as known on the newest vintage date. #}
{% macro is_newest_vintage(relation=none) -%}
{{ relation ~ '.' if relation }}as_of = (select max(as_of) from {{ ref('int_vintage_dates') }})
{%- endmacro %}
