-- Variants of EXPY, as the variable expy_variants says.
{% for variant, is in var('expy_variants').items() -%}
select
    '{{ variant }}' as variant,
    {{ is.rescales | default(false) | lower }} as rescales,
    {{ or_null(is.universe) }} as universe,
    {{ or_null(is.income_indicator_id) }} as income_indicator_id,
    {{ or_null(is.missing_reason) }} as missing_reason,
    {{ or_null(is.description) }} as description
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}
