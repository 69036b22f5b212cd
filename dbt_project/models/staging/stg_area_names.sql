-- Every name under which an area is printed, once a source and name: those of seeds/area_aliases.csv, and of each city
-- those that follow from catalog.dim_area: short, in full, in English, as its code, with its province before it.
-- Some names are an area's and a city's: the municipalities are both, and Jilin is a province and a city of it. Which
-- is meant follows from the table that prints it; area_code is the area outside a table of cities, city_code within.
with cities as (

    select
        cities.*,
        provinces.name_zh as province_zh,
        provinces.name_zh_full as province_zh_full
    from {{ ref('dim_area') }} as cities
    inner join {{ ref('dim_area') }} as provinces
        on cities.parent_code = provinces.area_code
    where cities.level = 'city'

),

spelled as (

    {% for spelling in [
        'name_zh', 'name_zh_full', 'province_zh || name_zh', 'province_zh || name_zh_full',
        'province_zh_full || name_zh', 'province_zh_full || name_zh_full',
        "lower(replace(name_en, ' ', ''))", "lower(replace(replace(name_en, ' ', ''), '''', ''))",
        'area_code', "area_code || '000000'"
    ] -%}
    select
        area_code,
        {{ spelling }} as area_key
    from cities
    union
    {% endfor -%}
    select
        area_code,
        name_zh || '州' as area_key
    from cities
    where name_zh_full like '%自治州'

),

-- of a name that several cities bear (Suzhou in English) nobody knows which it is
city_names as (

    select
        area_key,
        case when count(*) = 1 then min(area_code) end as area_code
    from spelled
    group by area_key

),

names as (

    select
        source_id,
        area_key,
        area_code,
        note
    from {{ ref('area_aliases') }}
    union all
    select
        '*' as source_id,
        city_names.area_key,
        city_names.area_code,
        cast(null as varchar) as note
    from city_names
    left join {{ ref('area_aliases') }} as aliases
        on city_names.area_key = aliases.area_key
    where aliases.area_key is null

)

select
    names.source_id,
    names.area_key,
    names.area_code,
    names.note,
    case
        when areas.level = 'city' or provinces.is_municipality then names.area_code
        else city_names.area_code
    end as city_code,
    case
        when areas.level = 'city' then 'city'
        when names.area_code is null and city_names.area_key is not null then 'city'
        when provinces.is_municipality or city_names.area_key is not null then 'either'
        when names.area_code is not null then 'area'
    end as meaning
from names
left join {{ ref('dim_area') }} as areas
    on names.area_code = areas.area_code
left join {{ ref('provinces') }} as provinces
    on names.area_code = provinces.province_code
left join city_names
    on names.area_key = city_names.area_key
