-- Value cells of all sources with what was understood of them, for the catalogue of files.
{% for model in [
    'stg_nbs_portal__observations', 'stg_tech_yearbook__observations', 'stg_compiled__observations',
] -%}
select
    source_id,
    snapshot_sha256,
    locator,
    indicator_label as label,
    indicator_id,
    area_label,
    is_known_name,
    rejection
from {{ ref(model) }}
union all
{% endfor -%}
{% for model in ['stg_io_tables__exports', 'stg_customs__exports'] -%}
select
    source_id,
    snapshot_sha256,
    locator,
    category_label as label,
    flow as indicator_id,
    area_label,
    is_known_name,
    rejection
from {{ ref(model) }}
{%- if not loop.last %}
union all
{% endif %}
{% endfor %}
