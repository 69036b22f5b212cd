-- The industries of inter-country tables, with the divisions of ISIC that their codes span.
select distinct
    isic_revision,
    code as industry_code,
    name_en,
    name_zh,
    divisions,
    is_ict_goods,
    is_ict_services,
    is_information,
    is_digitally_deliverable,
    is_digital,
    is_manufacturing,
    case when divisions is null then 'its code names no division of ISIC' end as reason
from {{ ref('stg_icio__tables') }}
where part = 'industry'
