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
    where {% if variant in incomes() %}has_{{ variant }}{% elif variant == 'fixed_prody' %}has_annual
    {%- else %}domestic_content is not null{% endif %}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

{{ merged('variants', key, ['prody'], summed=['prody']) }}
