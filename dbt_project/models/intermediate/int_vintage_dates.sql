-- The dates on which something became known. Every model from here to the panel is built as of each of them, in one
-- pass: what was known on a date are the editions published by then.
with published as (

    select published_on from {{ ref('int_observations_published') }}
    {% for source_id in export_sources() -%}
    union
    select published_on from {{ ref('stg_' ~ source_id ~ '__exports') }}
    where rejection is null
    {% endfor %}
)

{% if var('vintages') == 'newest' -%}
select max(published_on) as as_of
from published
having max(published_on) is not null
{%- else -%}
select published_on as as_of
from published
{%- endif %}
