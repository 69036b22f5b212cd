-- Footnotes and notes as printed.
{% for source_id in ['nbs_portal', 'tech_yearbook', 'io_tables', 'customs', 'compiled'] -%}
select
    source_id,
    snapshot_sha256,
    {{ cell_address('sheet', 'cell') }} as locator,
    text
from {{ source('raw', source_id) }}
where role = 'note'
{%- if not loop.last %}
union all
{% endif %}
{% endfor %}
