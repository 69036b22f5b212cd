{%- set described = [
    'province_code', 'year', 'province_name_en', 'region', 'is_municipality', 'known_from', 'known_to'
] -%}
{%- set not_values = described + ['expy_classification', 'share_imputed', 'share_proxy'] -%}
{%- set columns = contract_columns() -%}
{%- set values = columns | reject('in', not_values) | list -%}
-- The panel that the studies are estimated on at any time: one row a province and year of the sample. Each column of
-- the contract is what catalog.panel_column says; it changes on the dates on which something of its row does.
with {{ panel_rows('province', 'province_code', 'dige', values) }}

select
    {% for column in columns -%}
    {%- if column in ('province_name_en', 'region', 'is_municipality') -%}
    provinces.{{ column | replace('province_', '') }}{{ ' as ' ~ column if column == 'province_name_en' }}
    {%- else -%}
    changed.{{ column }}
    {%- endif %}
    {%- if not loop.last %},
    {% endif %}
    {%- endfor %}
from changed
inner join {{ ref('dim_province') }} as provinces
    on changed.province_code = provinces.province_code
