{%- set share = 'exports.export_share' -%}
{%- set share_counted = 'case when exporters.income_annual is not null then exports.export_share end' -%}
{%- set shared_income = 'exports.export_share * exporters.income_annual' -%}
-- PRODY of Hausmann, Hwang and Rodrik (2007) in each cross-section, its variants side by side: the incomes of the areas
-- that export a category, weighted by their revealed comparative advantage,
-- PRODY(j) = sum over i of s(i, j) * Y(i) / sum over i of s(i, j): the share in the area's exports counts, not their
-- value, so size does not. Variants annual and those of other incomes (macros/sophistication); domestic_content,
-- of Yao and Zhang (2008); and fixed_prody, one PRODY for all years, the mean of the annual ones over the sample, so
-- that EXPY moves with the structure of exports alone. An area whose income is not known is in no mean.
with summed as (

    select
        exporters.cross_section,
        exports.category_code,
        {% for income in incomes() -%}
        sum(case when exporters.income_{{ income }} is not null then exports.export_share end) as share_{{ income }},
        sum(exports.export_share * exporters.income_{{ income }}) as shared_income_{{ income }}
        {%- if not loop.last %},
        {% endif %}
        {%- endfor %},
        sum({{ if_large(share, share_counted) }}) as large_share,
        sum({{ if_small(share, share_counted) }}) as small_share,
        sum({{ if_large(share, shared_income) }}) as large_shared_income,
        sum({{ if_small(share, shared_income) }}) as small_shared_income
    from {{ ref('int_exports') }} as exports
    inner join {{ ref('int_cross_sections') }} as exporters
        on {{ is_exported_by('exports', 'exporters') }}
    where exports.export_share is not null
    group by exporters.cross_section, exports.category_code

),

valued as (

    select
        cross_sections.*,
        summed.category_code,
        summed.large_share,
        summed.large_shared_income,
        summed.small_share,
        summed.small_shared_income,
        {% for income in incomes() -%}
        {{ in_digits('summed.shared_income_' ~ income ~ ' / nullif(summed.share_' ~ income ~ ', 0)') }} as {{ income }},
        summed.share_{{ income }} is not null as has_{{ income }}
        {%- if not loop.last %},
        {% endif %}
        {%- endfor %}
    from summed
    inner join (
        select distinct
            cross_section,
            universe,
            classification,
            year,
            known_from,
            known_to
        from {{ ref('int_cross_sections') }}
    ) as cross_sections
        on summed.cross_section = cross_sections.cross_section

),

made_at_home as (

    {{ inputs_of_categories('valued') }}

),

domestic as (

    select
        cross_section,
        category_code,
        {{ in_digits(sum_of_contributions('contribution')) }} as domestic_content
    from made_at_home
    group by cross_section, category_code

),

pooled as (

    select
        valued.universe,
        valued.classification,
        valued.category_code,
        valued.known_from,
        avg(valued.annual) as fixed_prody
    from valued
    inner join {{ ref('int_sample_years') }} as sample_years
        on valued.universe = sample_years.universe
        and valued.year = sample_years.year
    group by valued.universe, valued.classification, valued.category_code, valued.known_from

)

select
    valued.*,
    case when valued.has_annual then pooled.fixed_prody end as fixed_prody,
    domestic.domestic_content
from valued
left join pooled
    on valued.universe = pooled.universe
    and valued.classification = pooled.classification
    and valued.category_code = pooled.category_code
    and valued.known_from = pooled.known_from
left join domestic
    on valued.cross_section = domestic.cross_section
    and valued.category_code = domestic.category_code
