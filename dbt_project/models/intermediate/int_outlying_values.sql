-- Values that lie far from where they belong, in robust standard deviations. A rate or an index is measured by the
-- other provinces of the year in its file, whether the file is taken or not. The preferred value of any indicator is
-- measured by the years beside it: by how much more than the median province it rose and fell back or, at an end of its
-- series, rose or fell (what is no rate, in logarithms); the spread of a year counts, or that of all years if it is
-- wider.
{{ config(materialized='ephemeral') }}
with printed as (

    select
        file_values.file_id,
        file_values.source_id || '/' || file_values.edition || '/' || file_values.file_name as file,
        file_values.locator,
        file_values.indicator_id,
        file_values.series_vintage,
        file_values.area_code,
        file_values.period,
        file_values.published_on,
        file_values.value
    from {{ ref('int_file_values') }} as file_values
    inner join {{ ref('indicators') }} as indicators
        on file_values.indicator_id = indicators.indicator_id
        and {{ is_rate('indicators.unit') }}
    inner join {{ ref('dim_area') }} as areas
        on file_values.area_code = areas.area_code
        and areas.level = 'province'

),

centres as (

    select
        file_id,
        indicator_id,
        series_vintage,
        period,
        percentile_cont(0.5) within group (order by value) as median
    from printed
    group by file_id, indicator_id, series_vintage, period

),

spreads as (

    select
        printed.file_id,
        printed.indicator_id,
        printed.series_vintage,
        printed.period,
        centres.median,
        {{ robust_deviation('printed.value', 'centres.median') }} as spread
    from printed
    inner join centres
        on printed.file_id = centres.file_id
        and printed.indicator_id = centres.indicator_id
        and printed.series_vintage = centres.series_vintage
        and printed.period = centres.period
    group by
        printed.file_id, printed.indicator_id, printed.series_vintage, printed.period, centres.median
    having count(*) >= {{ var('areas_to_compare') }}

),

beside_areas as (

    select
        printed.*,
        spreads.median,
        abs(printed.value - spreads.median) / nullif(spreads.spread, 0) as deviations
    from printed
    inner join spreads
        on printed.file_id = spreads.file_id
        and printed.indicator_id = spreads.indicator_id
        and printed.series_vintage = spreads.series_vintage
        and printed.period = spreads.period

),

usual_areas as (

    select
        file_id,
        indicator_id,
        series_vintage,
        period,
        count(*) as areas,
        min(value) as lowest,
        max(value) as highest
    from beside_areas
    where deviations <= {{ var('outlying_deviations') }}
    group by file_id, indicator_id, series_vintage, period

),

far_from_areas as (

    select
        'outlier_among_provinces' as finding,
        far.indicator_id,
        far.area_code,
        cast(far.period as integer) as year,
        far.deviations,
        {{ in_words('far.value') }} || ' in ' || far.period || ', where ' || cast(usual_areas.areas as string)
        || ' provinces lie within ' || {{ in_words('usual_areas.lowest') }} || ' to '
        || {{ in_words('usual_areas.highest') }} || ' (' || far.file || ', ' || far.locator || ')' as figures
    from beside_areas as far
    inner join usual_areas
        on far.file_id = usual_areas.file_id
        and far.indicator_id = usual_areas.indicator_id
        and far.series_vintage = usual_areas.series_vintage
        and far.period = usual_areas.period
    where far.deviations > {{ var('outlying_deviations') }}

),

preferred as (

    select
        observations.indicator_id,
        observations.area_code,
        observations.year,
        observations.value,
        observations.source_id || ' ' || observations.series_vintage as series,
        case
            when {{ is_rate('indicators.unit') }} then observations.value
            when observations.value > 0 then ln(observations.value)
        end as height
    from {{ ref('int_observations_preferred') }} as observations
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id
    inner join {{ ref('dim_area') }} as areas
        on observations.area_code = areas.area_code
        and areas.level = 'province'
    where observations.value is not null
        and {{ is_current('observations') }}

),

steps as (

    select
        later.indicator_id,
        later.area_code,
        later.year,
        later.height - earlier.height as step
    from preferred as later
    inner join preferred as earlier
        on later.indicator_id = earlier.indicator_id
        and later.area_code = earlier.area_code
        and later.year = earlier.year + 1
    where later.height is not null
        and earlier.height is not null

),

usual_steps as (

    select
        indicator_id,
        year,
        percentile_cont(0.5) within group (order by step) as median
    from steps
    group by indicator_id, year
    having count(*) >= {{ var('areas_to_compare') }}

),

unusual as (

    select
        steps.indicator_id,
        steps.area_code,
        steps.year,
        steps.step - usual_steps.median as rise
    from steps
    inner join usual_steps
        on steps.indicator_id = usual_steps.indicator_id
        and steps.year = usual_steps.year

),

spreads_of_steps as (

    select
        of_years.indicator_id,
        of_years.year,
        case when of_years.spread > of_series.spread then of_years.spread else of_series.spread end as spread
    from (
        select
            indicator_id,
            year,
            {{ robust_deviation('rise') }} as spread
        from unusual
        group by indicator_id, year
    ) as of_years
    inner join (
        select
            indicator_id,
            {{ robust_deviation('rise') }} as spread
        from unusual
        group by indicator_id
    ) as of_series
        on of_years.indicator_id = of_series.indicator_id

),

rises as (

    select
        unusual.*,
        unusual.rise / nullif(spreads_of_steps.spread, 0) as deviations
    from unusual
    inner join spreads_of_steps
        on unusual.indicator_id = spreads_of_steps.indicator_id
        and unusual.year = spreads_of_steps.year

),

far_from_years as (

    select
        'spike' as finding,
        preferred.indicator_id,
        preferred.area_code,
        preferred.year,
        case
            when before.deviations is null or after.deviations is null
                then abs(coalesce(before.deviations, after.deviations))
            when before.deviations * after.deviations > 0 then 0
            when abs(before.deviations) < abs(after.deviations) then abs(before.deviations)
            else abs(after.deviations)
        end as deviations,
        coalesce({{ in_words('earlier.value') }} || ' in ' || cast(earlier.year as string) || ', ', '')
        || {{ in_words('preferred.value') }} || ' in ' || cast(preferred.year as string)
        || coalesce(', ' || {{ in_words('later.value') }} || ' in ' || cast(later.year as string), '')
        || ' (' || preferred.series || ')' as figures
    from preferred
    left join rises as before
        on preferred.indicator_id = before.indicator_id
        and preferred.area_code = before.area_code
        and preferred.year = before.year
    left join rises as after
        on preferred.indicator_id = after.indicator_id
        and preferred.area_code = after.area_code
        and preferred.year = after.year - 1
    left join preferred as earlier
        on preferred.indicator_id = earlier.indicator_id
        and preferred.area_code = earlier.area_code
        and preferred.year = earlier.year + 1
    left join preferred as later
        on preferred.indicator_id = later.indicator_id
        and preferred.area_code = later.area_code
        and preferred.year = later.year - 1

),

ranked as (

    -- one finding a cell, the farthest, where several files print it
    select
        *,
        row_number() over (
            partition by finding, indicator_id, area_code, year
            order by deviations desc, figures
        ) as place
    from (
        select * from far_from_areas
        union all
        select * from far_from_years
        where deviations > {{ var('outlying_deviations') }}
    ) as found

)

select
    finding,
    indicator_id,
    area_code,
    year,
    deviations,
    figures
from ranked
where place = 1
