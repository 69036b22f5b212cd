{#- what is repeated, the column that names it, and what its two cells have in common -#}
{%- set kinds = [
    ('indicator', 'indicator_id', ['period', 'area_code']),
    ('year', 'period', ['area_code', 'indicator_id', 'series_vintage']),
    ('area', 'area_code', ['period', 'indicator_id', 'series_vintage']),
] -%}
-- Series that one file prints twice: an indicator under the name of another too, a year under another year, an area
-- under another area (`repeated` says which of the three). Most of at least ten values are equal, and not because all
-- of them are the same; what more than two areas share is no area's own.
{{ config(materialized='ephemeral') }}
with cells as (

    select *
    from {{ ref('int_file_values') }}
    where value <> 0

),

{% for repeated, name, shared in kinds -%}
{{ repeated }}_pairs as (

    select
        cells.file_id,
        cells.indicator_id,
        cells.series_vintage,
        '{{ repeated }}' as repeated,
        cells.{{ name }} as repeated_key,
        other.{{ name }} as other_key,
        count(*) as cells_equal,
        max(cells.period) as example_period,
        substring(max(cells.period || cells.area_code), length(max(cells.period)) + 1) as example_area_code
    from cells
    inner join cells as other
        on cells.file_id = other.file_id
        and cells.category_code = other.category_code
        and cells.value = other.value
        and cells.{{ name }} <> other.{{ name }}
        {%- for column in shared %}
        and cells.{{ column }} = other.{{ column }}
        {%- endfor %}
    group by cells.file_id, cells.indicator_id, cells.series_vintage, cells.{{ name }}, other.{{ name }}
    having 2 * count(distinct cells.value) >= {{ var('areas_to_compare') }}

),

{% endfor -%}
pairs as (

    select
        *,
        count(*) over (
            partition by file_id, indicator_id, series_vintage, repeated, repeated_key
        ) as others
    from (
        {% for repeated, name, shared in kinds -%}
        select * from {{ repeated }}_pairs
        {{ 'union all' if not loop.last }}
        {% endfor -%}
    ) as of_all_kinds

)

select
    pairs.file_id,
    pairs.indicator_id,
    pairs.series_vintage,
    pairs.repeated,
    pairs.repeated_key,
    pairs.other_key,
    pairs.cells_equal,
    pairs.example_period,
    pairs.example_area_code,
    count(*) as cells_compared,
    max(cells.source_id || '/' || cells.edition || '/' || cells.file_name) as file
from pairs
inner join cells
    on pairs.file_id = cells.file_id
    and pairs.indicator_id = cells.indicator_id
    and pairs.series_vintage = cells.series_vintage
    and case pairs.repeated
        when 'indicator' then cells.indicator_id
        when 'year' then cells.period
        else cells.area_code
    end = pairs.repeated_key
where pairs.repeated_key < pairs.other_key
    and (pairs.repeated <> 'area' or pairs.others = 1)
group by
    pairs.file_id, pairs.indicator_id, pairs.series_vintage, pairs.repeated, pairs.repeated_key, pairs.other_key,
    pairs.cells_equal, pairs.example_period, pairs.example_area_code
having count(*) >= {{ var('areas_to_compare') }}
    and 4 * pairs.cells_equal > 3 * count(*)
