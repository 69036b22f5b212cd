{%- set exporter = ['universe', 'variant', 'classification', 'area_code', 'year'] -%}
-- EXPY: the sum of its contributions, where they cover the exports of the area; an area without it has the reason. Of a
-- year that somebody reports every area of the universe has a row.
with reported_years as (

    -- an edition is never taken back: a year that was reported once stays so
    select
        universe,
        classification,
        year,
        min(known_from) as known_from,
        cast(null as date) as known_to
    from {{ ref('int_exports') }}
    group by universe, classification, year

),

grid as (

    select
        reported_years.universe,
        variants.variant,
        reported_years.classification,
        areas.area_code,
        reported_years.year,
        reported_years.known_from,
        reported_years.known_to
    from reported_years
    inner join {{ ref('int_universe_areas') }} as areas
        on reported_years.universe = areas.universe
    inner join {{ ref('expy_variants') }} as variants
        on {{ is_variant_of('variants', 'reported_years.universe') }}

),

exporters as (

    select distinct
        exports.universe,
        variants.variant,
        exports.classification,
        exports.area_code,
        exports.year,
        exports.known_from,
        exports.known_to
    from {{ ref('int_exports') }} as exports
    inner join {{ ref('expy_variants') }} as variants
        on {{ is_variant_of('variants', 'exports.universe') }}
    where exports.export_share is not null

),

summed as (

    select
        universe,
        variant,
        classification,
        area_code,
        year,
        sum(contribution) as expy,
        sum(case when contribution is not null then share end) as share_covered,
        sum(case when share is null and export_share > 0 then 1 else 0 end) as categories_dropped,
        known_from,
        known_to
    from {{ ref('int_expy_contributions') }}
    group by universe, variant, classification, area_code, year, known_from, known_to

),

changes as (

    {% for relation in ['grid', 'exporters', 'summed'] -%}
    select
        {{ exporter | join(', ') }},
        known_from,
        known_to
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

periods as (

    {{ periods_between_changes('changes', exporter) }}

),

levels as (

    select
        periods.universe,
        periods.variant,
        periods.classification,
        periods.area_code,
        periods.year,
        {{ in_digits('case when summed.share_covered > 0.999999 then summed.expy end') }} as expy,
        case
            when exporters.area_code is null
                then 'the ' || universes.level || ' reports no exports'
            when summed.share_covered > 0.999999 and summed.categories_dropped > 0
                then cast(summed.categories_dropped as string)
                    || ' categories that no other ' || universes.level
                    || ' exports are left out and the shares rescaled'
            when summed.share_covered > 0.999999
                then null
            when variants.prody_variant = 'domestic_content' and periods.classification <> 'io42_manufacturing_17'
                then 'input-output tables know no categories of this classification'
            when universes.exact_only
                then 'its own income is not known, or nobody else''s who exports its categories'
            else variants.missing_reason
        end as reason,
        periods.known_from,
        periods.known_to
    from periods
    inner join {{ ref('universes') }} as universes
        on periods.universe = universes.universe
    inner join {{ ref('expy_variants') }} as variants
        on periods.variant = variants.variant
    left join exporters
        on {% for column in exporter -%}
        periods.{{ column }} = exporters.{{ column }}
        and {% endfor -%}
        {{ is_known_on('exporters', 'periods.known_from') }}
    left join summed
        on {% for column in exporter -%}
        periods.{{ column }} = summed.{{ column }}
        and {% endfor -%}
        {{ is_known_on('summed', 'periods.known_from') }}

),

logged as (

    select
        *,
        {{ in_digits('ln(nullif(expy, 0) / 10000)') }} as expy_log
    from levels

)

{{ merged('logged', exporter, ['expy', 'expy_log', 'reason'], summed=['expy', 'expy_log']) }}
