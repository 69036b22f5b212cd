{%- set key = ['universe', 'variant', 'classification', 'category_code', 'year'] -%}
-- PRODY of int_cross_section_prody at any time, one row a variant of EXPY that has one for all exporters.
with variants as (

    {% for variant in var('expy_variants').items() | rejectattr('1.rescales', 'defined') | map(attribute='0') -%}
    select
        universe,
        '{{ variant }}' as variant,
        classification,
        category_code,
        year,
        {{ variant }} as prody,
        known_from,
        known_to
    from {{ ref('int_cross_section_prody') }}
    where {% if variant == 'domestic_content' %}domestic_content is not null
    {%- else %}has_{{ variant if variant in incomes() else 'annual' }}{% endif %}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

{{ merged('variants', key, ['prody'], summed=['prody']) }}
