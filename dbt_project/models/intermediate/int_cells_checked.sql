-- Value cells of all sources with what was understood of them, for the catalogue of files.
{% for model in [
    'stg_nbs_portal__observations', 'stg_tech_yearbook__observations', 'stg_compiled__observations',
] -%}
select
    source_id,
    edition,
    snapshot_sha256,
    file_name,
    locator,
    coalesce(table_title, '') as table_title,
    coalesce(indicator_label, '') as label,
    indicator_id is not null as is_mapped,
    area_label,
    is_known_name,
    rejection
from {{ ref(model) }}
union all
{% endfor -%}
{% for model in ['stg_io_tables__exports', 'stg_customs__exports'] -%}
select
    source_id,
    edition,
    snapshot_sha256,
    file_name,
    locator,
    '' as table_title,
    coalesce(category_label, '') as label,
    true as is_mapped,
    area_label,
    is_known_name,
    rejection
from {{ ref(model) }}
{%- if not loop.last %}
union all
{% endif %}
{% endfor %}
