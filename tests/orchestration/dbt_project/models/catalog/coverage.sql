select
    'province' as universe,
    'gdp' as indicator_id,
    year,
    cast(count(*) as integer) as areas_reported,
    0 as areas_imputed,
    0 as areas_derived,
    0 as areas_proxied,
    0 as areas_missing,
    date '2018-06-30' as newest_published_on
from {{ ref('panel__province_year') }}
group by year
