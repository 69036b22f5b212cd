-- Totals that a file prints together with what they are the sum of: provinces of a region or of the country (counts and
-- amounts alone), and parts of an indicator (seeds/identities.csv). Provinces may miss by half a last digit for each
-- number in the sum, parts by 0.1 % too, for they are often rounded one by one. Some totals hold more than what is
-- printed beside them (patents from abroad), and some files mix vintages: a total that misses says something where as
-- a rule those of its source, indicator and kind do add up (most of provinces, nine in ten of parts).
{{ config(materialized='ephemeral') }}
with cells as (

    select
        file_values.file_id,
        file_values.source_id,
        file_values.source_id || '/' || file_values.edition || '/' || file_values.file_name as file,
        file_values.published_on,
        file_values.indicator_id,
        file_values.series_vintage,
        file_values.area_code,
        file_values.period,
        file_values.locator,
        file_values.value,
        file_values.rounding
    from {{ ref('int_file_values') }} as file_values
    inner join {{ ref('indicators') }} as indicators
        on file_values.indicator_id = indicators.indicator_id
        and {{ is_additive('indicators.unit') }}

),

members as (

    select
        wholes.area_code as whole_code,
        wholes.level,
        provinces.area_code as part_code
    from {{ ref('dim_area') }} as provinces
    inner join {{ ref('dim_area') }} as wholes
        on provinces.parent_code = wholes.area_code
        or wholes.area_code = '100000'
    where provinces.level = 'province'

),

-- the rows that may be totals are few: joined first, they keep all others out
of_regions_and_country as (

    select cells.*
    from cells
    where cells.area_code in (select whole_code from members)

),

parts_of_indicators as (

    select
        *,
        count(*) over (partition by whole_id) as parts_known
    from {{ ref('identities') }}

),

sums as (

    select
        wholes.file_id,
        wholes.indicator_id,
        wholes.series_vintage,
        wholes.area_code,
        wholes.period,
        'provinces' as of_what,
        members.level as kind,
        count(*) as parts,
        sum(parts.value) as sum_of_parts,
        max(parts.rounding) as rounding_of_parts
    from of_regions_and_country as wholes
    inner join members
        on wholes.area_code = members.whole_code
    inner join cells as parts
        on wholes.file_id = parts.file_id
        and wholes.indicator_id = parts.indicator_id
        and wholes.series_vintage = parts.series_vintage
        and wholes.period = parts.period
        and members.part_code = parts.area_code
    group by
        wholes.file_id, wholes.indicator_id, wholes.series_vintage, wholes.area_code, wholes.period, members.level
    having count(*) > 1

    union all

    select
        parts.file_id,
        identities.whole_id as indicator_id,
        parts.series_vintage,
        parts.area_code,
        parts.period,
        'parts' as of_what,
        'parts' as kind,
        count(*) as parts,
        sum(parts.value) as sum_of_parts,
        max(parts.rounding) as rounding_of_parts
    from cells as parts
    inner join parts_of_indicators as identities
        on parts.indicator_id = identities.part_id
    group by parts.file_id, identities.whole_id, parts.series_vintage, parts.area_code, parts.period
    having count(*) = max(identities.parts_known)

),

compared as (

    select
        cells.*,
        sums.of_what,
        sums.kind,
        sums.parts,
        sums.sum_of_parts,
        case
            when abs(sums.sum_of_parts - cells.value)
                <= sums.parts * sums.rounding_of_parts + cells.rounding
                + case sums.of_what when 'parts' then 0.001 else 1e-9 end * abs(cells.value)
                then 1
            else 0
        end as adds_up
    from sums
    inner join cells
        on sums.file_id = cells.file_id
        and sums.indicator_id = cells.indicator_id
        and sums.series_vintage = cells.series_vintage
        and sums.area_code = cells.area_code
        and sums.period = cells.period

),

ruled as (

    select
        *,
        avg(adds_up) over (partition by source_id, indicator_id, kind) > case of_what when 'parts' then 0.9 else 0.5 end
            as is_rule
    from compared

)

select
    *,
    -- one of the files and vintages that print the same
    row_number() over (
        partition by of_what, indicator_id, area_code, period, adds_up, is_rule
        order by published_on desc, file, series_vintage
    ) as place
from ruled
