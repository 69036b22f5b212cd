-- Value cells of all sources with what was understood of them, for the catalogue of files.
{% for source_id in observation_sources() -%}
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
    area_remark,
    rejection
from {{ ref('stg_' ~ source_id ~ '__observations') }}
union all
{% endfor -%}
{% for source_id in export_sources() -%}
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
    area_remark,
    rejection
from {{ ref('stg_' ~ source_id ~ '__exports') }}
{%- if not loop.last %}
union all
{% endif %}
{% endfor %}
