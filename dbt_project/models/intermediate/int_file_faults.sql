-- What speaks against a file whatever was known before it, one row a file, indicator and claim: several values of one
-- cell (indicator, area and period) in it, or others than in a file that its source published on the same day, beyond
-- what rounding explains; a customs query cut off at the 10,000 rows that a download has at most, or landed twice;
-- areas most of which nobody knows.
{{ config(materialized='ephemeral') }}
with cells as (

    select
        *,
        source_id || '/' || edition || '/' || file_name as name,
        -- the rows of a customs query are parts of a sum, and an amount in dollars is no other value than one in yuan
        case
            when coalesce(classification, '') <> 'hs_section_12'
                then source_id || '/' || cast(published_on as string) || '/' || series_vintage || '/' || corrected_as
                    || '/' || coalesce(corrected_category, '') || '/' || area_code || '/' || period_label
                    || '/' || coalesce(currency, '')
        end as cell_key
    from {{ ref('stg_cells') }}

),

repeated as (

    select
        *,
        row_number() over (partition by file_id, cell_key order by row_number, column_number, locator) as place
    from cells
    where is_ambiguous

),

several as (

    select
        file_id,
        cell_key,
        corrected_as as indicator_id,
        area_code,
        period_label,
        cast(count(*) as string) || ' values: '
        || {{ joined("case when place <= 3 then '\"' || text || '\" (' || locator || ')' end", ', ', ['place']) }}
            as example
    from repeated
    group by file_id, cell_key, corrected_as, area_code, period_label

),

printed as (

    select *
    from cells
    where is_usable
        and value is not null
        and cell_key is not null

),

disputed as (

    select printed.*
    from printed
    inner join (
        select values_printed.cell_key
        from printed as values_printed
        group by values_printed.cell_key
        having max(values_printed.value - values_printed.rounding)
            > min(values_printed.value + values_printed.rounding)
    ) as keys
        on printed.cell_key = keys.cell_key

),

disputes as (

    select
        one.file_id,
        other.name as other_name,
        one.cell_key,
        one.corrected_as as indicator_id,
        one.area_code,
        one.period_label,
        '"' || one.text || '" here (' || one.locator || '), "' || other.text || '" there (' || other.locator || ')'
            as example
    from disputed as one
    inner join disputed as other
        on one.cell_key = other.cell_key
        and one.file_id <> other.file_id
        and abs(one.value - other.value) > one.rounding + other.rounding

),

contradictions as (

    select
        file_id,
        indicator_id,
        'several_values' as finding,
        'several values of one area and period' as claim,
        cell_key,
        area_code,
        period_label,
        example
    from several

    union all

    select
        file_id,
        indicator_id,
        'other_values_in_edition' as finding,
        'other values than in ' || other_name || ' of the same day' as claim,
        cell_key,
        area_code,
        period_label,
        example
    from disputes

),

counted as (

    select
        *,
        count(*) over (partition by file_id, indicator_id, claim) as contradicted,
        row_number() over (partition by file_id, indicator_id, claim order by cell_key, example) as place
    from contradictions

),

customs_sums as (

    select
        file_id,
        name,
        source_id,
        published_on,
        kind,
        period_label,
        area_key,
        sum(cells) as values_printed,
        sum(number_printed) as total,
        count(*) over (partition by file_id) as sums_of_file
    from cells
    where classification = 'hs_section_12'
        and number_printed is not null
    group by file_id, name, source_id, published_on, kind, period_label, area_key

),

customs_repeated as (

    select
        one.file_id,
        'the rows of ' || other.name || ' of the same day stand in it once more, in ' || cast(count(*) as string)
        || ' of ' || cast(one.sums_of_file as string) || ' months and areas' as claim
    from customs_sums as one
    inner join customs_sums as other
        on one.source_id = other.source_id
        and one.published_on = other.published_on
        and one.kind = other.kind
        and one.period_label = other.period_label
        and one.area_key = other.area_key
        and one.values_printed = other.values_printed
        and one.total = other.total
        and one.file_id <> other.file_id
    group by one.file_id, other.name, one.sums_of_file, other.sums_of_file
    having 2 * count(*) >= least(one.sums_of_file, other.sums_of_file)

),

areas_named as (

    select
        file_id,
        count(distinct area_key) as names,
        count(distinct case when not is_known_name then area_key end) as names_unknown,
        min(case when not is_known_name then locator end) as first_locator,
        min(case when not is_known_name then area_label end) as first_label
    from cells
    where kind not in ('flow', 'undeclared')
    group by file_id

)

select
    counted.file_id,
    counted.indicator_id,
    counted.finding,
    counted.claim || ', ' || cast(counted.contradicted as string) || ' times, such as ' || areas.name_en || ' in '
    || counted.period_label || ': ' || counted.example as claim
from counted
inner join {{ ref('dim_area') }} as areas
    on counted.area_code = areas.area_code
where counted.place = 1

union all

select
    file_id,
    cast(null as string) as indicator_id,
    'cut_off' as finding,
    'it has exactly 10,000 rows, at which a customs download is cut off' as claim
from cells
where classification = 'hs_section_12'
group by file_id
having max(last_row_number) - min(row_number) = 9999

union all

select
    file_id,
    cast(null as string) as indicator_id,
    'rows_repeated' as finding,
    claim
from customs_repeated

union all

select
    file_id,
    cast(null as string) as indicator_id,
    'unknown_areas' as finding,
    cast(names_unknown as string) || ' of the ' || cast(names as string)
    || ' names of areas in it are unknown, such as "' || first_label || '" (' || first_locator || ')' as claim
from areas_named
where 2 * names_unknown > names
