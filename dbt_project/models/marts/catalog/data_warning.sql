-- What a careful reader of the data would want to know before using them; a warning never stops a release.
with preferred as (

    select
        observations.*,
        areas.name_en as area_name
    from {{ ref('int_observations_preferred') }} as observations
    inner join {{ ref('int_universe_areas') }} as sampled
        on observations.area_code = sampled.area_code
        and sampled.universe = 'province'
    inner join {{ ref('dim_area') }} as areas
        on sampled.area_code = areas.area_code
    where observations.value is not null
        and {{ is_current('observations') }}

),

with_previous as (

    select
        *,
        lag(year) over series as previous_year,
        lag(value) over series as previous_value,
        lag(source_id) over series as previous_source_id,
        lag(published_on) over series as previous_published_on,
        lag(series_vintage) over series as previous_series_vintage
    from preferred
    window series as (
        partition by indicator_id, area_code
        order by year
    )

),

-- a yearbook that prints one year an edition does not mix vintages by doing so
edition_lengths as (

    select
        indicator_id,
        area_code,
        source_id,
        published_on,
        series_vintage,
        count(*) as years
    from {{ ref('fct_observation__vintages') }}
    group by indicator_id, area_code, source_id, published_on, series_vintage

),

mixed as (

    select
        'mixed_vintages' as check_name,
        series.indicator_id,
        series.area_code,
        series.year,
        series.area_name || ': values to ' || cast(series.previous_year as string) || ' come from '
        || series.previous_source_id || ' ' || series.previous_series_vintage || ', from '
        || cast(series.year as string) || ' from ' || series.source_id || ' ' || series.series_vintage as message
    from with_previous as series
    inner join edition_lengths as newer
        on series.indicator_id = newer.indicator_id
        and series.area_code = newer.area_code
        and series.source_id = newer.source_id
        and series.published_on = newer.published_on
        and series.series_vintage = newer.series_vintage
    where (
        series.source_id <> series.previous_source_id
        or series.published_on <> series.previous_published_on
        or series.series_vintage <> series.previous_series_vintage
    )
    and not (series.source_id = series.previous_source_id and newer.years = 1)

),

jumps as (

    select
        'jump' as check_name,
        indicator_id,
        area_code,
        year,
        area_name || ': ' || {{ in_words('previous_value') }} || ' in ' || cast(previous_year as string) || ' and '
        || {{ in_words('value') }} || ' in ' || cast(year as string) as message
    from with_previous
    where year = previous_year + 1
        and previous_value > 0
        and (value / previous_value > 2 or value / previous_value < 0.5)

),

accounts as (

    select
        area_code,
        area_name,
        year,
        max(case when indicator_id = 'gdp' then value end) as gdp,
        max(case when indicator_id = 'gdp_per_capita' then value end) as gdp_per_capita,
        max(case when indicator_id = 'population' then value end) as population,
        max(case when indicator_id = 'value_added_primary' then value end)
        + max(case when indicator_id = 'value_added_secondary' then value end)
        + max(case when indicator_id = 'value_added_tertiary' then value end) as value_added
    from preferred
    group by area_code, area_name, year

),

sums as (

    select
        'sectors_do_not_sum_to_gdp' as check_name,
        'gdp' as indicator_id,
        area_code,
        year,
        area_name || ': the three industries sum to ' || {{ in_words('value_added') }} || ', GDP is '
        || {{ in_words('gdp') }} as message
    from accounts
    where abs(value_added - gdp) > 0.005 * gdp

),

ratios as (

    select
        'gdp_per_capita_far_from_gdp_over_population' as check_name,
        'gdp_per_capita' as indicator_id,
        area_code,
        year,
        area_name || ': GDP over population is ' || {{ in_words(rounded('gdp * 10000 / population')) }}
        || ' yuan, GDP per capita is ' || {{ in_words('gdp_per_capita') }} as message
    from accounts
    where abs(gdp * 10000 / population / gdp_per_capita - 1) > 0.05

),

spliced as (

    select
        'spliced_measures' as check_name,
        observations.indicator_id,
        observations.area_code,
        min(case when observations.proxy_level > 0 then observations.year end) as year,
        'the series mixes the indicator itself with a proxy' as message
    from {{ ref('fct_observation') }} as observations
    inner join {{ ref('int_universe_areas') }} as sampled
        on observations.area_code = sampled.area_code
        and sampled.universe = 'province'
    inner join {{ ref('int_sample_years') }} as sample_years
        on sampled.universe = sample_years.universe
        and observations.year = sample_years.year
    where observations.value is not null
        and {{ is_current('observations') }}
    group by observations.indicator_id, observations.area_code
    having min(observations.proxy_level) <> max(observations.proxy_level)

),

months as (

    select
        'customs_year_incomplete' as check_name,
        'exports_total' as indicator_id,
        '100000' as area_code,
        cells.year,
        'customs exports of ' || cast(cells.year as string) || ' are there for '
        || cast(count(distinct cells.period_label) as string) || ' of 12 months and are left out' as message
    from {{ ref('int_export_cells') }} as cells
    where cells.classification = 'hs_section_12'
    group by cells.year
    having max(case when length(cells.period_label) <= 5 then 1 else 0 end) = 0
        and count(distinct cells.period_label) < 12

),

based as (

    select
        published.indicator_id,
        published.year,
        {{ base_of('published', 'indicators') }} as base
    from {{ ref('int_observations_published') }} as published
    inner join {{ ref('indicators') }} as indicators
        on published.indicator_id = indicators.indicator_id
    where published.value is not null

),

superseded as (

    select
        'base_superseded' as check_name,
        based.indicator_id,
        '100000' as area_code,
        min(based.year) as year,
        cast(count(distinct based.base) as string)
        || ' series with another base, '
        || cast(min(based.year) as string) || ' to ' || cast(max(based.year) as string)
        || ', are left out of the series; marts.fct_observation__vintages has them' as message
    from based
    left join (
        select distinct
            indicator_id,
            base
        from {{ ref('int_observations_preferred') }}
        where {{ is_current() }}
    ) as counted
        on based.indicator_id = counted.indicator_id
        and based.base = counted.base
    where based.base is not null
        and counted.base is null
    group by based.indicator_id

),

-- what the values themselves, or those printed beside them, speak against
doubtful as (

    select
        of_what || '_do_not_sum_to_total' as check_name,
        indicator_id,
        area_code,
        cast(period as integer) as year,
        'the ' || cast(parts as string) || ' ' || of_what || ' sum to ' || {{ in_words(rounded('sum_of_parts', 6)) }}
        || ', the total printed is ' || {{ in_words('value') }} || ' (' || file || ', ' || locator || ')' as figures
    from {{ ref('int_sums_printed') }}
    where adds_up = 0
        and is_rule
        and place = 1

    union all

    select
        'area_printed_twice' as check_name,
        repetitions.indicator_id,
        repetitions.repeated_key as area_code,
        cast(repetitions.example_period as integer) as year,
        min(
            cast(repetitions.cells_equal as string) || ' of ' || cast(repetitions.cells_compared as string)
            || ' values are those of ' || areas.name_en || ' in the same file (' || repetitions.file || ')'
        ) as figures
    from {{ ref('int_series_printed_twice') }} as repetitions
    inner join {{ ref('dim_area') }} as areas
        on repetitions.other_key = areas.area_code
    where repetitions.repeated = 'area'
    group by repetitions.indicator_id, repetitions.repeated_key, repetitions.example_period

    union all

    {% for model in ['int_cells_doubted', 'int_outlying_values'] -%}
    select
        finding as check_name,
        indicator_id,
        area_code,
        year,
        figures
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

of_cells as (

    select
        doubtful.check_name,
        doubtful.indicator_id,
        doubtful.area_code,
        doubtful.year,
        areas.name_en || ': ' || doubtful.figures as message
    from doubtful
    inner join {{ ref('dim_area') }} as areas
        on doubtful.area_code = areas.area_code

)

select * from mixed
union all
select * from jumps
union all
select * from sums
union all
select * from ratios
union all
select * from spliced
union all
select * from months
union all
select * from superseded
union all
select * from of_cells
