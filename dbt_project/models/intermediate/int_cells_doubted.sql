-- Single cells of a file that is taken which what is known of them contradicts; where most of a file or of a year is
-- so, the file is held back (int_file_findings). A cell is compared with the best earlier file that is not held:
-- value_of_another_cell prints exactly what is known of another area or year, and not what is known of its own: two
-- provinces exchanged, a value in the wrong column. Where a whole year was revised a new value may be an old one by
-- chance; there only one of another area counts that is far (5 %) from its own.
-- differs_from_known was not revised as the median of at least ten areas of the year was, but by 15 % more or less, and
-- by more than 7 robust standard deviations.
{{ config(materialized='ephemeral') }}
with held as (

    select coalesce(max(held), '|') as held
    from {{ ref('int_files_held') }}

),

candidates as (

    select
        findings.*,
        min(findings.preference) over (
            partition by findings.file_id, findings.indicator_id, findings.series_vintage, findings.period
        ) as best_preference
    from {{ ref('int_file_findings') }} as findings
    cross join held
    where findings.finding = 'own_values'
        and not {{ is_held('findings.file_id', 'held.held') }}
        and not {{ is_held('findings.measure_file_id', 'held.held') }}

),

-- a year without a difference has no cell to doubt
measured as (

    select *
    from candidates
    where preference = best_preference
        and example_weight > 0

),

beside_their_own as (

    select
        filed.*,
        earlier.value as own_value,
        earlier.source_id || '/' || earlier.edition || '/' || earlier.file_name as measure_file,
        ln(filed.value / earlier.value) as change,
        avg(case when abs(filed.value - earlier.value) <= 0.0005 * abs(earlier.value) then 1 else 0 end) over (
            partition by filed.file_id, filed.indicator_id, filed.series_vintage, filed.period
        ) as share_unrevised
    from measured
    inner join {{ ref('int_file_values') }} as filed
        on measured.file_id = filed.file_id
        and measured.indicator_id = filed.indicator_id
        and measured.series_vintage = filed.series_vintage
        and measured.period = filed.period
    inner join {{ ref('int_file_values') }} as earlier
        on measured.measure_file_id = earlier.file_id
        and measured.indicator_id = earlier.indicator_id
        and measured.measure_series_vintage = earlier.series_vintage
        and measured.period = earlier.period
        and filed.area_code = earlier.area_code
        and filed.category_code = earlier.category_code
    where filed.category_code = ''
        and filed.value * earlier.value > 0

),

medians as (

    select
        file_id,
        indicator_id,
        series_vintage,
        period,
        percentile_cont(0.5) within group (order by change) as median
    from beside_their_own
    group by file_id, indicator_id, series_vintage, period
    having count(*) >= {{ var('areas_to_compare') }}

),

spreads as (

    select
        cells.file_id,
        cells.indicator_id,
        cells.series_vintage,
        cells.period,
        medians.median,
        {{ robust_deviation('cells.change', 'medians.median') }} as spread
    from beside_their_own as cells
    inner join medians
        on cells.file_id = medians.file_id
        and cells.indicator_id = medians.indicator_id
        and cells.series_vintage = medians.series_vintage
        and cells.period = medians.period
    group by cells.file_id, cells.indicator_id, cells.series_vintage, cells.period, medians.median

),

found as (

    select
        'value_of_another_cell' as finding,
        cells.file_id,
        cells.published_on,
        cells.indicator_id,
        cells.area_code,
        cells.period,
        other.other_area_code || other.other_period as other_key,
        {{ in_words('cells.value') }} || ' in ' || cells.period
        || ' (' || cells.source_id || '/' || cells.edition || '/' || cells.file_name
        || ', ' || cells.locator || '), which is the value of ' || areas.name_en || ' in '
        || other.other_period || '; ' || cells.measure_file || ' has ' || {{ in_words('cells.own_value') }} as figures
    from beside_their_own as cells
    inner join {{ ref('int_values_known_elsewhere') }} as other
        on cells.indicator_id = other.indicator_id
        and cells.category_code = other.category_code
        and cells.area_code = other.area_code
        and cells.period = other.period
        and cells.value = other.value
        and cells.published_on > other.known_from
    inner join {{ ref('dim_area') }} as areas
        on other.other_area_code = areas.area_code
    where {{ is_misplaced('cells.value', 'cells.own_value', 'other.distance') }}
        and other.distance < 0.000001
        and (
            cells.share_unrevised > 0.5
            or (cells.area_code <> other.other_area_code and abs(cells.change) > 0.05)
        )

    union all

    select
        'differs_from_known' as finding,
        cells.file_id,
        cells.published_on,
        cells.indicator_id,
        cells.area_code,
        cells.period,
        '' as other_key,
        {{ in_words('cells.value') }} || ' in ' || cells.period
        || ' (' || cells.source_id || '/' || cells.edition || '/' || cells.file_name
        || ', ' || cells.locator || '), where ' || cells.measure_file || ' has '
        || {{ in_words('cells.own_value') }} || '; the median area differs by '
        || {{ in_words(rounded('100 * (exp(spreads.median) - 1)', 1)) }} || ' %' as figures
    from beside_their_own as cells
    inner join spreads
        on cells.file_id = spreads.file_id
        and cells.indicator_id = spreads.indicator_id
        and cells.series_vintage = spreads.series_vintage
        and cells.period = spreads.period
    where abs(cells.change - spreads.median) > {{ var('unlike_other_areas') }}
        and abs(cells.change - spreads.median) > {{ var('outlying_deviations') }} * spreads.spread

),

ranked as (

    -- one finding a cell, of the file published last; of files that are as good a measure the first by name
    select
        *,
        row_number() over (
            partition by finding, indicator_id, area_code, period
            order by published_on desc, file_id, other_key, figures
        ) as place
    from found

)

select
    finding,
    indicator_id,
    area_code,
    cast(period as integer) as year,
    figures
from ranked
where place = 1
