-- Footnotes and notes as printed.
{% for source_id in observation_sources() + export_sources() -%}
select
    source_id,
    snapshot_sha256,
    {{ cell_address('sheet', 'cell') }} as locator,
    text,
    sheet,
    row_number,
    indicator_label
from {{ source('raw', source_id) }}
where role = 'note'
{%- if not loop.last %}
union all
{% endif %}
{% endfor %}
