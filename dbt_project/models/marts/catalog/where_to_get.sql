-- Where each variable can be had: the tables that print it, and those of what it is a ratio of or stands in for it.
with wanted as (

    select
        indicator_id,
        indicator_id as provides,
        'itself' as use,
        0 as proxy_level
    from {{ ref('indicators') }}

    union all

    select
        derivations.indicator_id,
        indicators.indicator_id as provides,
        case when derivations.obs_status = 'X' then 'proxy' else 'ratio' end as use,
        derivations.proxy_level
    from {{ ref('derivations') }} as derivations
    inner join {{ ref('indicators') }} as indicators
        on {{ is_term('indicators.indicator_id', 'derivations.numerator_id') }}
        or {{ is_term('indicators.indicator_id', 'derivations.denominator_id') }}

)

select
    wanted.indicator_id,
    wanted.provides,
    wanted.use,
    wanted.proxy_level,
    places.source_id,
    sources.title_en as source_title_en,
    sources.title_zh as source_title_zh,
    cast(sources.authority as integer) as authority,
    cast(sources.release_month as integer) as release_month,
    places.table_title,
    places.layout,
    'landing/' || places.source_id || '/<edition>/' as folder,
    places.file_kinds,
    places.note
from wanted
inner join {{ ref('indicator_sources') }} as places
    on wanted.provides = places.indicator_id
left join {{ source('raw', 'sources') }} as sources
    on places.source_id = sources.source_id
