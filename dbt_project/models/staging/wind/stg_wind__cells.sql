-- A series is named "北京:GDP", "GDP:北京市" or "中国:进出口总额:广东": the part between colons that is an area names
-- the area, the rest the indicator. Beside a province the country says nothing; two provinces contradict each other.
with cells as (

    select *
    from {{ source('raw', 'wind') }}
    where role = 'value'

),

names as (

    select distinct
        indicator_key,
        ':' || indicator_key || ':' as parts
    from cells

),

areas as (

    select
        names.indicator_key,
        max(case when aliases.area_code = '100000' then aliases.area_key end) as country_key,
        min(case when coalesce(aliases.area_code, '') <> '100000' then aliases.area_key end) as area_key,
        max(case when coalesce(aliases.area_code, '') <> '100000' then aliases.area_key end) as area_key_alt
    from names
    inner join {{ ref('area_aliases') }} as aliases
        on position(':' || aliases.area_key || ':' in names.parts) > 0
        and aliases.source_id in ('*', 'wind')
    group by names.indicator_key

),

indicators as (

    select
        names.indicator_key,
        areas.country_key,
        areas.area_key,
        areas.area_key_alt,
        trim(both ':' from replace(
            replace(
                replace(names.parts, ':' || coalesce(areas.country_key, '') || ':', ':'),
                ':' || coalesce(areas.area_key, '') || ':', ':'
            ),
            ':' || coalesce(areas.area_key_alt, '') || ':', ':'
        )) as indicator_key_alone
    from names
    left join areas
        on names.indicator_key = areas.indicator_key

)

select
    {{ cell_columns(['indicator_key', 'area_label', 'area_key', 'area_label_alt', 'area_key_alt']) }},
    indicators.indicator_key_alone as indicator_key,
    coalesce(cells.area_label, indicators.area_key, indicators.country_key) as area_label,
    coalesce(cells.area_key, indicators.area_key, indicators.country_key) as area_key,
    case when cells.area_key is null then indicators.area_key_alt else indicators.area_key end as area_label_alt,
    case when cells.area_key is null then indicators.area_key_alt else indicators.area_key end as area_key_alt
from cells
left join indicators
    on cells.indicator_key = indicators.indicator_key
