{%- set variants = var('expy_variants') -%}
-- EXPY of Hausmann, Hwang and Rodrik (2007), EXPY(i) = sum over j of s(i, j) * PRODY(j), in every variant: the share of
-- a category in the exports of the area times its PRODY. Without the row of the area itself (leave_one_out) a category
-- that nobody else exports has no PRODY: it is left out, and the shares of the others are rescaled. An area whose
-- exports are not covered has the reason; where exact values alone count, so has one without income.
with summed as (

    select
        exporters.exporter,
        {% for variant, is in variants.items() -%}
        {%- set prody = prody_for(variant, 'exports', 'exporters', 'prody') -%}
        sum(exports.export_share * {{ prody }}) as expy_{{ variant }},
        sum(case when {{ prody }} is not null then exports.export_share end) as covered_{{ variant }},
        {% if is.rescales -%}
        count(case when exports.export_share > 0 and {{ prody }} is null then 1 end) as left_out_{{ variant }},
        {% endif -%}
        {% endfor -%}
        sum(exports.export_share) as export_share
    from {{ ref('int_exports') }} as exports
    inner join {{ ref('int_cross_sections') }} as exporters
        on {{ is_exported_by('exports', 'exporters') }}
    inner join {{ ref('int_cross_section_prody') }} as prody
        on exporters.cross_section = prody.cross_section
        and exports.category_code = prody.category_code
    where exports.export_share is not null
    group by exporters.exporter

),

levels as (

    {% for variant, is in variants.items() -%}
    select
        exporters.universe,
        '{{ variant }}' as variant,
        exporters.classification,
        exporters.area_code,
        exporters.year,
        universes.level,
        universes.exact_only,
        {{ or_null(is.missing_reason) }} as missing_reason,
        summed.exporter is not null as is_exporter,
        {% if is.rescales -%}
        summed.expy_{{ variant }} / nullif(summed.covered_{{ variant }}, 0) as expy,
        summed.covered_{{ variant }} > 0 as is_covered,
        summed.left_out_{{ variant }} as categories_left_out,
        {%- else -%}
        summed.expy_{{ variant }} as expy,
        summed.export_share - coalesce(summed.covered_{{ variant }}, 0) < 0.000001
        and (not universes.exact_only or exporters.income_{{ income_of(variant) }} is not null) as is_covered,
        0 as categories_left_out,
        {%- endif %}
        exporters.known_from,
        exporters.known_to
    from {{ ref('int_cross_sections') }} as exporters
    inner join {{ ref('universes') }} as universes
        on exporters.universe = universes.universe
    left join summed
        on exporters.exporter = summed.exporter
    {%- if is.universe is defined %}
    where exporters.universe = '{{ is.universe }}'
    {%- endif %}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

explained as (

    select
        *,
        {{ in_digits('case when is_covered then expy end') }} as expy_covered,
        case
            when not is_exporter
                then 'the ' || level || ' reports no exports'
            when is_covered and categories_left_out > 0
                then cast(categories_left_out as string)
                    || ' categories that no other ' || level
                    || ' exports are left out and the shares rescaled'
            when is_covered
                then null
            when variant = 'domestic_content' and classification <> 'io42_manufacturing_17'
                then 'input-output tables know no categories of this classification'
            when exact_only
                then 'its own income is not known, or nobody else''s who exports its categories'
            else missing_reason
        end as reason
    from levels

),

logged as (

    select
        universe,
        variant,
        classification,
        area_code,
        year,
        expy_covered as expy,
        {{ in_digits('ln(nullif(expy_covered, 0) / 10000)') }} as expy_log,
        reason,
        known_from,
        known_to
    from explained

)

{{ merged(
    'logged', ['universe', 'variant', 'classification', 'area_code', 'year'], ['expy', 'expy_log', 'reason'],
    summed=['expy', 'expy_log']
) }}
