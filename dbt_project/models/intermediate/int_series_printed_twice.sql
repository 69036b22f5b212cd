{#- what is repeated, the column that names it, the key of its series, what its two cells have in common -#}
{%- set series = ['file_id', 'indicator_id', 'series_vintage'] -%}
{%- set kinds = [
    ('indicator', 'indicator_id', series, ['period', 'area_code']),
    ('year', 'period', series + ['period'], ['area_code', 'indicator_id', 'series_vintage']),
    ('area', 'area_code', series + ['area_code'], ['period', 'indicator_id', 'series_vintage', 'areas_with_value']),
] -%}
-- Series that one file prints twice: an indicator under the name of another too, a year under another year, an area
-- under another area (`repeated` says which of the three). Most of at least ten values are equal, and not because all
-- of them are the same; a value that more than two areas share is no area's own.
with cells as (

    select
        *,
        {% for repeated, name, key, shared in kinds -%}
        count(*) over (partition by {{ key | join(', ') }}) as cells_of_{{ repeated }},
        {% endfor -%}
        case
            when 2 = count(*) over (
                    partition by file_id, indicator_id, series_vintage, category_code, period, value
                )
                then 2
        end as areas_with_value
    from {{ ref('int_file_values') }}
    where value <> 0

)

{% for repeated, name, key, shared in kinds -%}
select
    cells.file_id,
    cells.indicator_id,
    cells.series_vintage,
    '{{ repeated }}' as repeated,
    {{ 'cells.period' if repeated == 'year' else 'cast(null as varchar)' }} as repeated_year,
    {{ 'cells.area_code' if repeated == 'area' else 'cast(null as varchar)' }} as repeated_area_code,
    other.{{ name }} as other_key,
    max(cells.source_id || '/' || cells.edition || '/' || cells.file_name) as file,
    max(cells.cells_of_{{ repeated }}) as cells_compared,
    count(*) as cells_equal,
    max(cells.period) as example_period,
    substring(max(cells.period || cells.area_code), length(max(cells.period)) + 1) as example_area_code
from cells
inner join cells as other
    on cells.file_id = other.file_id
    and cells.category_code = other.category_code
    and cells.value = other.value
    and cells.{{ name }} < other.{{ name }}
    {%- for column in shared %}
    and cells.{{ column }} = other.{{ column }}
    {%- endfor %}
where cells.cells_of_{{ repeated }} >= {{ var('areas_to_compare') }}
group by
    {% for column in key -%}
    cells.{{ column }},
    {% endfor -%}
    other.{{ name }}
having 4 * count(*) > 3 * max(cells.cells_of_{{ repeated }})
    and 2 * count(distinct cells.value) >= {{ var('areas_to_compare') }}
{{ 'union all' if not loop.last }}
{% endfor -%}
