{%- set described = [
    'area_code', 'year', 'name_en', 'world_bank_region', 'is_bri', 'bri_signed_year', 'known_from', 'known_to'
] -%}
{%- set not_values = described + ['expy_classification', 'share_imputed', 'share_proxy'] -%}
{%- set columns = contract_columns() -%}
{%- set values = columns | reject('in', not_values) | list -%}
-- The panel of economies at any time: one row an economy and year of the sample, columns as catalog.panel_column says.
with {{ panel_rows('country', 'area_code', 'digital_trade', values) }}

select
    {% for column in columns -%}
    {%- if column == 'is_bri' -%}
    countries.is_bri_65 as is_bri
    {%- elif column in ('name_en', 'world_bank_region', 'bri_signed_year') -%}
    countries.{{ column }}
    {%- else -%}
    changed.{{ column }}
    {%- endif %}
    {%- if not loop.last %},
    {% endif %}
    {%- endfor %}
from changed
inner join {{ ref('dim_country') }} as countries
    on changed.area_code = countries.area_code
