{%- set category_year = ['universe', 'variant', 'classification', 'year'] -%}
-- What PRODY is the sum of. Variant annual, of Hausmann, Hwang and Rodrik (2007), and those of other incomes
-- (seeds/expy_variants): the incomes of the areas that export
-- a category, weighted by their revealed comparative advantage, PRODY(j) = sum over i of w(i, j) * Y(i) with
-- w(i, j) = s(i, j) / sum over i of s(i, j): the share in the area's exports counts, not their value, so size does not.
-- Variant domestic_content, of Yao and Zhang (2008): the PRODY of what goes into a category, weighted by how much of it
-- is made at home (int_domestic_content_weights); what nobody exports counts with the PRODY of the category itself.
with shares as (

    {{ merged(
        ref('int_exports'), ['universe', 'classification', 'category_code', 'area_code', 'year'], ['export_share']
    ) }}

),

incomes as (

    {{ merged(ref('int_income'), ['universe', 'variant', 'area_code', 'year'], ['income']) }}

),

-- neighbours differ, as those of shares and of incomes do
exporters as (

    select
        exports.universe,
        income.variant,
        exports.classification,
        exports.category_code,
        exports.year,
        exports.area_code,
        exports.export_share,
        income.income,
        {{ known_together('exports', 'income') }}
    from shares as exports
    inner join incomes as income
        on exports.universe = income.universe
        and exports.area_code = income.area_code
        and exports.year = income.year
        and {{ are_known_together('exports', 'income') }}
    where exports.export_share is not null

),

periods as (

    {{ periods_between_changes('exporters', category_year) }}

),

known as (

    select
        exporters.universe,
        exporters.variant,
        exporters.classification,
        exporters.category_code,
        exporters.year,
        exporters.area_code,
        exporters.export_share,
        exporters.income,
        periods.known_from,
        periods.known_to
    from periods
    inner join exporters
        on periods.universe = exporters.universe
        and periods.variant = exporters.variant
        and periods.classification = exporters.classification
        and periods.year = exporters.year
        and {{ is_known_on('exporters', 'periods.known_from') }}

),

summed as (

    select
        {{ category_year | join(',\n        ') }},
        category_code,
        known_from,
        nullif(sum(export_share), 0) as export_share
    from known
    group by {{ category_year | join(', ') }}, category_code, known_from

),

weighted as (

    select
        known.universe,
        known.variant,
        known.classification,
        known.category_code,
        known.year,
        known.area_code,
        known.export_share,
        known.export_share / summed.export_share as weight,
        known.income,
        known.known_from,
        known.known_to
    from known
    inner join summed
        on {% for column in category_year -%}
        known.{{ column }} = summed.{{ column }}
        and {% endfor -%}
        known.category_code = summed.category_code
        and known.known_from = summed.known_from

),

annual as (

    select
        universe,
        classification,
        category_code,
        year,
        known_from,
        known_to,
        {{ sum_of_contributions('weight * income') }} as prody
    from weighted
    where variant = 'annual'
    group by universe, classification, category_code, year, known_from, known_to

),

-- a category of which nobody knows what of an input is imported is left out
inputs as (

    select
        *,
        count(domestic_weight) over (category_table) as weights_known,
        count(*) over (category_table) as weights
    from {{ ref('int_domestic_content_weights') }}
    window category_table as (
        partition by universe, classification, category_code, year, known_from
    )

),

made_at_home as (

    select
        own.universe,
        own.classification,
        own.category_code,
        own.year,
        weights.input_category_code,
        weights.domestic_weight,
        weights.composite_weight,
        used.prody as input_prody,
        coalesce(used.prody, own.prody) as prody_counted,
        {{ known_together('own', 'weights') }}
    from annual as own
    inner join inputs as weights
        on own.universe = weights.universe
        and own.classification = weights.classification
        and own.category_code = weights.category_code
        and own.year = weights.year
        and {{ are_known_together('own', 'weights') }}
    left join annual as used
        on own.universe = used.universe
        and own.classification = used.classification
        and weights.input_category_code = used.category_code
        and own.year = used.year
        and own.known_from = used.known_from
    where own.prody is not null
        and weights.weights_known = weights.weights

)

select
    variant,
    universe,
    classification,
    category_code,
    year,
    area_code as input_area_code,
    cast(null as string) as input_category_code,
    export_share,
    {{ in_digits('weight') }} as weight,
    income as input_value,
    {{ in_digits('weight * income') }} as contribution,
    cast(null as double) as composite_weight,
    cast(null as double) as composite_contribution,
    known_from,
    known_to
from weighted

union all

select
    'domestic_content' as variant,
    universe,
    classification,
    category_code,
    year,
    cast(null as string) as input_area_code,
    input_category_code,
    cast(null as double) as export_share,
    domestic_weight as weight,
    input_prody as input_value,
    {{ in_digits('domestic_weight * prody_counted') }} as contribution,
    composite_weight,
    {{ in_digits('composite_weight * prody_counted') }} as composite_contribution,
    known_from,
    known_to
from made_at_home
