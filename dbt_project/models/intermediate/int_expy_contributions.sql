{%- set exporter = ['universe', 'variant', 'classification', 'area_code', 'year'] -%}
-- What EXPY of Hausmann, Hwang and Rodrik (2007) is the sum of, EXPY(i) = sum over j of s(i, j) * PRODY(j), in every
-- variant of seeds/expy_variants: share of a category in the exports of the area times its PRODY. Without the row of
-- the area itself (leave_one_out) a category that nobody else exports has no PRODY: it has no share, and the shares of
-- the others are rescaled. Where exact values alone count, an area without income has none of it.
with known_exports as (

    {{ merged(
        ref('int_exports'), ['universe', 'classification', 'category_code', 'area_code', 'year'],
        ['export_value', 'export_share']
    ) }}

),

exports as (

    select
        known_exports.*,
        'annual' as income_variant
    from known_exports
    inner join {{ ref('universes') }} as universes
        on known_exports.universe = universes.universe
        and not universes.exact_only

    union all

    select
        known_exports.universe,
        known_exports.classification,
        known_exports.category_code,
        known_exports.area_code,
        known_exports.year,
        known_exports.export_value,
        known_exports.export_share,
        {{ known_together('known_exports', 'income') }},
        income.variant as income_variant
    from known_exports
    inner join {{ ref('universes') }} as universes
        on known_exports.universe = universes.universe
        and universes.exact_only
    inner join {{ ref('int_income') }} as income
        on known_exports.universe = income.universe
        and known_exports.area_code = income.area_code
        and known_exports.year = income.year
        and {{ are_known_together('known_exports', 'income') }}

),

without_one as (

    select
        universe,
        classification,
        category_code,
        year,
        input_area_code as area_code,
        case
            when
                sum(case when export_share > 0 then 1 else 0 end) over (category_year)
                > case when export_share > 0 then 1 else 0 end
                then (sum(export_share * input_value) over (category_year) - export_share * input_value)
                    / (sum(export_share) over (category_year) - export_share)
        end as prody,
        known_from,
        known_to
    from {{ ref('int_prody_contributions') }}
    where variant = 'annual'
    window category_year as (
        partition by universe, classification, category_code, year, known_from
    )

),

of_others as (

    {{ merged('without_one', ['universe', 'classification', 'category_code', 'year', 'area_code'], ['prody']) }}

),

valued as (

    select
        exports.universe,
        variants.variant,
        variants.rescales,
        exports.classification,
        exports.area_code,
        exports.year,
        exports.category_code,
        exports.export_value,
        exports.export_share,
        prody.prody,
        {{ known_together('exports', 'prody') }}
    from exports
    inner join {{ ref('int_prody') }} as prody
        on exports.universe = prody.universe
        and exports.classification = prody.classification
        and exports.category_code = prody.category_code
        and exports.year = prody.year
        and {{ are_known_together('exports', 'prody') }}
    inner join {{ ref('expy_variants') }} as variants
        on prody.variant = variants.prody_variant
        and {{ is_variant_of('variants', 'prody.universe') }}
        and exports.income_variant
        = case when variants.income_indicator_id is null then 'annual' else variants.variant end
    where exports.export_share is not null

    union all

    select
        exports.universe,
        variants.variant,
        variants.rescales,
        exports.classification,
        exports.area_code,
        exports.year,
        exports.category_code,
        exports.export_value,
        exports.export_share,
        prody.prody,
        {{ known_together('exports', 'prody') }}
    from exports
    inner join of_others as prody
        on exports.universe = prody.universe
        and exports.classification = prody.classification
        and exports.category_code = prody.category_code
        and exports.year = prody.year
        and exports.area_code = prody.area_code
        and {{ are_known_together('exports', 'prody') }}
    inner join {{ ref('expy_variants') }} as variants
        on variants.prody_variant = 'leave_one_out'
        and exports.income_variant = 'annual'
    where exports.export_share is not null

),

periods as (

    {{ periods_between_changes('valued', exporter) }}

),

shared as (

    select
        valued.universe,
        valued.variant,
        valued.classification,
        valued.area_code,
        valued.year,
        valued.category_code,
        valued.export_value,
        valued.export_share,
        case
            when not valued.rescales then valued.export_share
            when valued.prody is not null
                then valued.export_share
                    / nullif(sum(case when valued.prody is not null then valued.export_share end) over exporters, 0)
        end as share,
        valued.prody,
        periods.known_from,
        periods.known_to
    from periods
    inner join valued
        on {% for column in exporter -%}
        periods.{{ column }} = valued.{{ column }}
        and {% endfor -%}
        {{ is_known_on('valued', 'periods.known_from') }}
    window exporters as (
        partition by
            valued.universe, valued.variant, valued.classification, valued.area_code, valued.year,
            periods.known_from
    )

)

select
    universe,
    variant,
    classification,
    area_code,
    year,
    category_code,
    export_value,
    export_share,
    share,
    prody,
    {{ in_digits('share * prody') }} as contribution,
    known_from,
    known_to
from shared
