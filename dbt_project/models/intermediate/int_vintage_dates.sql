-- The dates on which something became known. Every model from here to the panel is built as of each of them, in one
-- pass: what was known on a date are the editions published by then.
with published as (

    select published_on from {{ ref('int_observations_published') }}
    union
    select published_on from {{ ref('stg_cells') }}
    where kind in ('export', 'import')
        and rejection is null

)

{% if var('vintages') == 'newest' -%}
select max(published_on) as as_of
from published
having max(published_on) is not null
{%- else -%}
select published_on as as_of
from published
{%- endif %}
