-- Kinds of numbers that are made from others, as macros/number_kinds.sql says: what marts.made_from calls a kind.
{% for entry in number_kinds() -%}
select
    '{{ entry.kind }}' as kind,
    '{{ entry.table }}' as table_name,
    '{{ entry.key | join("/") }}' as key_columns,
    {{ or_null(entry.value) }} as value_column,
    {{ or_null(entry.product) }} as product,
    {{ or_null(entry.unit) }} as unit,
    {{ or_null(entry.reason) }} as reason_column,
    {{ or_null(entry.title) }} as title,
    {{ or_null(entry.statement) }} as statement,
    {{ or_null(entry.absent) }} as absent,
    {{ or_null(entry.formula) }} as formula,
    {{ or_null(entry.reference) }} as reference,
    {{ or_null(entry.default_variant) }} as default_variant,
    {{ or_null(entry.columns) }} as column_query,
    {{ or_null(entry.inputs) }} as input_macro,
    cast({{ entry.levels_shown | default('null') }} as integer) as levels_shown,
    cast({{ entry.inputs_shown | default('null') }} as integer) as inputs_shown
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}
