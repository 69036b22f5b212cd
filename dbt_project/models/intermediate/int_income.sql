-- Income Y of Hausmann, Hwang and Rodrik (2007): the income indicator of the universe in prices of its base year,
-- deflated by the chained price index of the area (where it names one): P(base) = 1, P(t) = P(t-1) * CPI(t) / 100.
-- Computed at the dates on which a value of the area changed. By the variant of PRODY that takes it: annual, and those
-- of EXPY that name another income.
with measures as (

    select
        universe,
        'annual' as variant,
        income_indicator_id,
        deflate_by,
        price_base_year
    from {{ ref('universes') }}

    union all

    select
        variants.universe,
        variants.variant,
        variants.income_indicator_id,
        cast(null as string) as deflate_by,
        cast(null as integer) as price_base_year
    from {{ ref('expy_variant') }} as variants
    where variants.income_indicator_id is not null

),

members as (

    select
        universes.universe,
        universes.variant,
        universes.price_base_year,
        universes.deflate_by is not null as is_deflated,
        case
            when observations.indicator_id = universes.income_indicator_id then 'income' else 'prices'
        end as role,
        observations.area_code,
        observations.year,
        observations.value,
        observations.is_imputed,
        observations.known_from,
        observations.known_to
    from measures as universes
    inner join {{ ref('int_universe_areas') }} as areas
        on universes.universe = areas.universe
    inner join {{ ref('int_observations_known') }} as observations
        on areas.area_code = observations.area_code
        and observations.indicator_id in (universes.income_indicator_id, universes.deflate_by)

),

changed as (

    {{ merged(
        'members', ['universe', 'variant', 'price_base_year', 'is_deflated', 'role', 'area_code', 'year'],
        ['value', 'is_imputed']
    ) }}

),

periods as (

    {{ periods_between_changes('changed', ['universe', 'variant', 'area_code']) }}

),

known as (

    select
        changed.universe,
        changed.variant,
        changed.price_base_year,
        changed.is_deflated,
        changed.role,
        changed.area_code,
        changed.year,
        changed.value,
        changed.is_imputed,
        periods.known_from,
        periods.known_to
    from periods
    inner join changed
        on periods.universe = changed.universe
        and periods.variant = changed.variant
        and periods.area_code = changed.area_code
        and {{ is_known_on('changed', 'periods.known_from') }}

),

cumulated as (

    select
        *,
        sum(ln(value / 100)) over (partition by universe, area_code, known_from order by year) as log_price,
        count(*) over (partition by universe, area_code, known_from order by year) as links
    from known
    where role = 'prices'

),

price_levels as (

    select
        cumulated.universe,
        cumulated.area_code,
        cumulated.year,
        cumulated.known_from,
        exp(cumulated.log_price - base.log_price) as price_level
    from cumulated
    inner join cumulated as base
        on cumulated.universe = base.universe
        and cumulated.area_code = base.area_code
        and cumulated.known_from = base.known_from
        and base.year = base.price_base_year
    -- a chain with a missing link says nothing about prices beyond it
    where cumulated.links - base.links = cumulated.year - base.year

),

deflated as (

    select
        income.universe,
        income.variant,
        income.area_code,
        income.year,
        income.value as income_at_current_prices,
        {{ in_digits('price_levels.price_level') }} as price_level,
        {{ in_digits('income.value / case when income.is_deflated then price_levels.price_level else 1 end') }}
            as income,
        income.is_imputed,
        income.known_from,
        income.known_to
    from known as income
    left join price_levels
        on income.universe = price_levels.universe
        and income.area_code = price_levels.area_code
        and income.year = price_levels.year
        and income.known_from = price_levels.known_from
    where income.role = 'income'
        and (price_levels.price_level is not null or not income.is_deflated)

)

{{ merged(
    'deflated', ['universe', 'variant', 'area_code', 'year'],
    ['income_at_current_prices', 'price_level', 'income', 'is_imputed']
) }}
