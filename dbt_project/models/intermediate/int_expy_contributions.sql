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

with_all as (

    select
        universe,
        classification,
        category_code,
        year,
        known_from,
        sum(case when export_share > 0 then 1 else 0 end) as exporters,
        sum(export_share * input_value) as shared_income,
        sum(export_share) as export_share
    from {{ ref('int_prody_contributions') }}
    where variant = 'annual'
    group by universe, classification, category_code, year, known_from

),

without_one as (

    select
        own.universe,
        own.classification,
        own.category_code,
        own.year,
        own.input_area_code as area_code,
        case
            when with_all.exporters > case when own.export_share > 0 then 1 else 0 end
                then (with_all.shared_income - own.export_share * own.input_value)
                    / (with_all.export_share - own.export_share)
        end as prody,
        own.known_from,
        own.known_to
    from {{ ref('int_prody_contributions') }} as own
    inner join with_all
        on own.universe = with_all.universe
        and own.classification = with_all.classification
        and own.category_code = with_all.category_code
        and own.year = with_all.year
        and own.known_from = with_all.known_from
    where own.variant = 'annual'

),

of_others as (

    {{ merged(
        'without_one', ['universe', 'classification', 'category_code', 'year', 'area_code'], ['prody'],
        summed=['prody']
    ) }}

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

known as (

    select
        valued.universe,
        valued.variant,
        valued.classification,
        valued.area_code,
        valued.year,
        valued.category_code,
        valued.export_value,
        valued.export_share,
        valued.rescales,
        valued.prody,
        periods.known_from,
        periods.known_to
    from periods
    inner join valued
        on {% for column in exporter -%}
        periods.{{ column }} = valued.{{ column }}
        and {% endfor -%}
        {{ is_known_on('valued', 'periods.known_from') }}

),

covered as (

    select
        {{ exporter | join(',\n        ') }},
        known_from,
        nullif(sum(export_share), 0) as export_share
    from known
    where rescales
        and prody is not null
    group by {{ exporter | join(', ') }}, known_from

),

shared as (

    select
        known.universe,
        known.variant,
        known.classification,
        known.area_code,
        known.year,
        known.category_code,
        known.export_value,
        known.export_share,
        case
            when not known.rescales then known.export_share
            when known.prody is not null then known.export_share / covered.export_share
        end as share,
        known.prody,
        known.known_from,
        known.known_to
    from known
    left join covered
        on {% for column in exporter -%}
        known.{{ column }} = covered.{{ column }}
        and {% endfor -%}
        known.known_from = covered.known_from

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
