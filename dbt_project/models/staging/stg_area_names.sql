-- Every name under which an area is printed, once a source and name: those of seeds/area_aliases.csv, and of each city
-- those that follow from catalog.dim_area: short, in full, in English, as its code, with its province before it; and of
-- each province those in Chinese with what may stand beside them in their cell, the English name or the code.
-- Some names are an area's and a city's: the municipalities are both, and Jilin is a province and a city of it. Which
-- is meant follows from the table that prints it; area_code is the area outside a table of cities, city_code within.
-- Economies are known to the sources that print them, by the columns of seeds/countries that source.yml names, and by
-- the codes of seeds/country_codes, which know groups of economies too: they are no areas.
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
    where {{ is_computed_once() }}
    group by area_key

),

chinese as (

    {% for spelling in ['name_zh', 'name_zh_full'] -%}
    select
        area_code,
        {{ spelling }} as area_key
    from {{ ref('dim_area') }}
    where level = 'province'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

beside_chinese as (

    {% for spelling in ["lower(replace(name_en, ' ', ''))", 'area_code'] -%}
    select
        area_code,
        {{ spelling }} as area_key
    from {{ ref('dim_area') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- in one cell: 北京/Beijing, 北京(Beijing), 110000 北京市
side_by_side as (

    {% for first, second in [('chinese', 'beside_chinese'), ('beside_chinese', 'chinese')] -%}
    select
        chinese.area_code,
        {{ first }}.area_key || marks.mark || {{ second }}.area_key || marks.closing_mark as area_key
    from chinese
    inner join beside_chinese
        on chinese.area_code = beside_chinese.area_code
    cross join (values ('', ''), ('/', ''), ('-', ''), ('_', ''), ('(', ')')) as marks (mark, closing_mark)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

names as (

    select
        source_id,
        area_key,
        area_code,
        note,
        false as is_group
    from {{ ref('area_aliases') }}
    union all
    select
        '*' as source_id,
        following.area_key,
        following.area_code,
        cast(null as string) as note,
        false as is_group
    from (
        select
            area_key,
            area_code
        from city_names
        union all
        select
            area_key,
            area_code
        from side_by_side
    ) as following
    left join {{ ref('area_aliases') }} as aliases
        on following.area_key = aliases.area_key
    where aliases.area_key is null

),

countries as (

    select
        codes.*,
        areas.name_en,
        areas.name_zh
    from {{ ref('countries') }} as codes
    inner join {{ ref('dim_area') }} as areas
        on codes.area_code = areas.area_code

),

economies as (

    {% for column in ['iso3', 'iso2', 'iso_numeric', 'comtrade_code', 'name_en', 'name_zh'] -%}
    select
        sources.source_id,
        {{ label_as_key('countries.' ~ column) }} as area_key,
        countries.area_code,
        false as is_group
    from {{ source('raw', 'sources') }} as sources
    inner join countries
        on position(' {{ column }} ' in ' ' || sources.names_economies_by || ' ') > 0
    where countries.{{ column }} is not null
    union
    {% endfor -%}
    select
        sources.source_id,
        {{ label_as_key('codes.code') }} as area_key,
        codes.area_code,
        codes.is_group
    from {{ source('raw', 'sources') }} as sources
    inner join {{ ref('country_codes') }} as codes
        on sources.source_id = codes.source_id
        or (codes.source_id = '*' and position(' name_en ' in ' ' || sources.names_economies_by || ' ') > 0)

),

known as (

    select * from names
    union all
    select
        economies.source_id,
        economies.area_key,
        economies.area_code,
        case when economies.is_group then 'a group of economies' end as note,
        economies.is_group
    from economies
    left join names
        on economies.area_key = names.area_key
        and names.source_id in ('*', economies.source_id)
    where names.area_key is null

)

select
    known.source_id,
    known.area_key,
    known.area_code,
    known.note,
    case
        when areas.level = 'city' or provinces.is_municipality then known.area_code
        else city_names.area_code
    end as city_code,
    case
        when known.is_group then 'group'
        when areas.level = 'city' then 'city'
        when known.area_code is null and city_names.area_key is not null then 'city'
        when provinces.is_municipality or city_names.area_key is not null then 'either'
        when known.area_code is not null then 'area'
    end as meaning
from known
left join {{ ref('dim_area') }} as areas
    on known.area_code = areas.area_code
left join {{ ref('provinces') }} as provinces
    on known.area_code = provinces.province_code
left join city_names
    on known.area_key = city_names.area_key
