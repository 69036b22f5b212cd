-- Series that run over a year in which an area lost a part that became a province: the same code covers less from then
-- on. A table that prints the part for the years before as well has most likely left it out of the whole.
with series as (

    select
        indicator_id,
        area_code,
        source_id,
        published_on,
        series_vintage,
        min(year) as first_year,
        max(year) as last_year
    from {{ ref('int_observations_published') }}
    where value is not null
    group by indicator_id, area_code, source_id, published_on, series_vintage

)

select
    series.indicator_id,
    series.area_code,
    series.source_id,
    series.published_on,
    series.series_vintage,
    area_codes.valid_to as last_year_before,
    area_codes.includes_area_code as part_code,
    coalesce(parts.first_year <= area_codes.valid_to, false) as is_part_printed_before,
    area_codes.note
from series
inner join {{ ref('area_codes') }} as area_codes
    on series.area_code = area_codes.area_code
    and series.first_year <= area_codes.valid_to
    and series.last_year > area_codes.valid_to
left join series as parts
    on area_codes.includes_area_code = parts.area_code
    and series.indicator_id = parts.indicator_id
    and series.source_id = parts.source_id
    and series.published_on = parts.published_on
    and series.series_vintage = parts.series_vintage
where area_codes.includes_area_code is not null
