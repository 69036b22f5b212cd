-- Exports by category in 10 thousand yuan, as they are known now.
select
    classification,
    category_code,
    area_code as province_code,
    year,
    export_value as export_value_cny_10k,
    source_id,
    published_on,
    snapshot_sha256,
    locator
from {{ ref('int_exports') }}
where universe = 'province'
    and {{ is_current() }}
