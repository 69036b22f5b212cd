{{ config(severity='warn') }}
-- The ranges that the published study reports for its variables (its table 2, with the labels in the order of its
-- table 3): a value outside is a reason to look, not an error.
with ranges as (

    select 'dige' as variable, 0.05 as lowest, 0.75 as highest
    union all
    select 'market', 0.0112, 0.1236
    union all
    select 'open', 0.0114, 1.2531
    union all
    select 'fin', 0.4474, 1.1497
    union all
    select 'urban', 0.2887, 0.8930
    union all
    select 'edu', 0.2981, 0.5433
    union all
    select 'str', 0.6492, 4.8940

),

panel_values as (

    {% for variable in ['dige', 'market', 'open', 'fin', 'urban', 'edu', 'str'] -%}
    select
        '{{ variable }}' as variable,
        province_name_en,
        year,
        {{ variable }} as value
    from {{ ref('panel__province_year') }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
)

select
    panel_values.variable,
    panel_values.province_name_en,
    panel_values.year,
    panel_values.value
from panel_values
inner join ranges
    on panel_values.variable = ranges.variable
where panel_values.value not between ranges.lowest and ranges.highest
