{{ config(severity='warn') }}
{%- set ranges = {
    'dige': (0.05, 0.75), 'market': (0.0112, 0.1236), 'open': (0.0114, 1.2531), 'fin': (0.4474, 1.1497),
    'urban': (0.2887, 0.8930), 'edu': (0.2981, 0.5433), 'str': (0.6492, 4.8940)
} -%}
-- The ranges that the published study reports for its variables (its table 2, with the labels in the order of its
-- table 3): a value outside is a reason to look, not an error.
{% for variable, (lowest, highest) in ranges.items() -%}
select
    '{{ variable }}' as variable,
    province_name_en,
    year,
    {{ variable }} as value
from {{ ref('panel__province_year') }}
where {{ is_current() }}
    and {{ variable }} not between {{ lowest }} and {{ highest }}
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}
