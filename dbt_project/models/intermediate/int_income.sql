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

-- what an area knows of a year, side by side
by_year as (

    select
        universe,
        variant,
        price_base_year,
        is_deflated,
        area_code,
        year,
        max(case when role = 'income' then value end) as income,
        max(case when role = 'prices' then ln(value / 100) end) as log_link,
        max(case when role = 'income' and is_imputed then 1 else 0 end) = 1 as is_imputed,
        known_from,
        known_to
    from known
    group by universe, variant, price_base_year, is_deflated, area_code, year, known_from, known_to

),

-- A level is the product of the links between its year and the base year, whose own level is 1; the link of the base
-- year itself is one for the years before it alone
chained as (

    select
        *,
        coalesce(sum(log_link) over to_year, 0)
        - coalesce(sum(case when year <= price_base_year then log_link end) over all_years, 0) as log_price,
        count(log_link) over to_year
        - count(case when year <= price_base_year then log_link end) over all_years as links
    from by_year
    window
        all_years as (partition by universe, variant, area_code, known_from),
        to_year as (partition by universe, variant, area_code, known_from order by year)

),

deflated as (

    select
        universe,
        variant,
        area_code,
        year,
        income as income_at_current_prices,
        {{ in_digits('case when is_deflated then exp(log_price) end') }} as price_level,
        {{ in_digits('income / case when is_deflated then exp(log_price) else 1 end') }} as income,
        is_imputed,
        known_from,
        known_to
    from chained
    where income is not null
        -- a chain with a missing link says nothing about prices beyond it
        and (links = year - price_base_year or not is_deflated)

)

{{ merged(
    'deflated', ['universe', 'variant', 'area_code', 'year'],
    ['income_at_current_prices', 'price_level', 'income', 'is_imputed']
) }}
