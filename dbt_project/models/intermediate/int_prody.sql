-- PRODY in its variants: the sum of its contributions (annual, domestic_content); and fixed_prody, one PRODY for all
-- years, the mean of the annual ones over the sample, so that EXPY moves with the structure of exports alone.
with summed as (

    select
        universe,
        variant,
        classification,
        category_code,
        year,
        {{ in_digits(sum_of_contributions('contribution')) }} as prody,
        known_from,
        known_to
    from {{ ref('int_prody_contributions') }}
    group by universe, variant, classification, category_code, year, known_from, known_to

),

by_year as (

    {{ merged(
        'summed', ['universe', 'variant', 'classification', 'category_code', 'year'], ['prody'], summed=['prody']
    ) }}

),

annual as (

    select *
    from by_year
    where variant = 'annual'

),

periods as (

    {{ periods_between_changes('annual', ['universe', 'classification', 'category_code']) }}

),

pooled as (

    select
        annual.universe,
        'fixed_prody' as variant,
        annual.classification,
        annual.category_code,
        annual.year,
        avg(
            case when annual.year between universes.sample_start and universes.sample_end then annual.prody end
        ) over (
            partition by annual.universe, annual.classification, annual.category_code, periods.known_from
        ) as prody,
        periods.known_from,
        periods.known_to
    from periods
    inner join annual
        on periods.universe = annual.universe
        and periods.classification = annual.classification
        and periods.category_code = annual.category_code
        and {{ is_known_on('annual', 'periods.known_from') }}
    inner join {{ ref('universes') }} as universes
        on periods.universe = universes.universe

),

fixed as (

    {{ merged(
        'pooled', ['universe', 'variant', 'classification', 'category_code', 'year'], ['prody'], summed=['prody']
    ) }}

)

select * from by_year
union all
select * from fixed
