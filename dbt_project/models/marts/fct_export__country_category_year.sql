-- Exports of economies by printed code in thousand US dollars, and their shares, as they are known now.
select
    classification,
    category_code,
    area_code,
    year,
    export_value as export_value_usd_k,
    export_share,
    source_id,
    published_on,
    snapshot_sha256,
    locator
from {{ ref('int_exports') }}
where universe = 'country'
    and {{ is_current() }}
