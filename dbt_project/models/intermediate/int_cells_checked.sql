-- Value cells of all sources with what was understood of them, for the catalogue of files.
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
from {{ ref('int_observations_corrected') }}
union all
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
union all
select
    source_id,
    edition,
    snapshot_sha256,
    file_name,
    locator,
    '' as table_title,
    coalesce(case when row_code is null then row_label else column_label end, '') as label,
    rejection is not null or (row_code is not null and column_code is not null) as is_mapped,
    area_label,
    is_known_name,
    cast(null as varchar) as area_remark,
    rejection
from {{ ref('stg_io_tables__flows') }}
where not is_export
