-- Two measures of the structure of an economy, of the value added Y(k) and the employment L(k) of its three industries.
-- Upgrading W = 1 * s(1) + 2 * s(2) + 3 * s(3) with the shares s(k) = Y(k) / Y: from 1 to 3, higher is further on.
-- Rationalisation is Theil's index TL = sum over k of Y(k)/Y * ln[(Y(k)/L(k)) / (Y/L)]: 0 where labour is equally
-- productive in all industries, higher is worse. Each needs all three: a part would look like a balanced whole. Of
-- amounts or of shares in the total, which come to the same; first_output_id says of which.
{{ config(materialized='ephemeral') }}
with industries as (

    {% for suffix in ['', '_share'] -%}
    {% for industry in ['primary', 'secondary', 'tertiary'] -%}
    select
        'value_added_primary{{ suffix }}' as first_output_id,
        {{ loop.index }} as rank_of_industry,
        'value_added_{{ industry }}{{ suffix }}' as output_id,
        'employment_{{ industry }}{{ suffix }}' as labour_id
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

observations as (

    select
        industries.first_output_id,
        observations.area_code,
        observations.year,
        industries.rank_of_industry,
        case when observations.indicator_id = industries.output_id then 'output' else 'labour' end as quantity,
        observations.value,
        observations.known_from,
        observations.known_to
    from {{ ref('int_observations_known') }} as observations
    inner join industries
        on observations.indicator_id in (industries.output_id, industries.labour_id)

),

changed as (

    {{ merged(
        'observations', ['first_output_id', 'area_code', 'year', 'rank_of_industry', 'quantity'], ['value']
    ) }}

),

periods as (

    {{ periods_between_changes('changed', ['first_output_id', 'area_code', 'year']) }}

),

known as (

    select
        changed.first_output_id,
        changed.area_code,
        changed.year,
        changed.rank_of_industry,
        max(case when changed.quantity = 'output' then changed.value end) as output,
        max(case when changed.quantity = 'labour' then changed.value end) as labour,
        periods.known_from,
        periods.known_to
    from periods
    inner join changed
        on periods.first_output_id = changed.first_output_id
        and periods.area_code = changed.area_code
        and periods.year = changed.year
        and {{ is_known_on('changed', 'periods.known_from') }}
    group by
        changed.first_output_id, changed.area_code, changed.year, changed.rank_of_industry, periods.known_from,
        periods.known_to

),

shares as (

    select
        *,
        output / nullif(sum(output) over area_year, 0) as output_share,
        labour / nullif(sum(labour) over area_year, 0) as labour_share
    from known
    window area_year as (
        partition by first_output_id, area_code, year, known_from
    )

),

gaps as (

    select
        *,
        -- x ln x is 0 at 0; an output without labour has no productivity
        case
            when output_share = 0 and labour is not null then 0
            when output_share > 0 and labour_share > 0 then output_share * ln(output_share / labour_share)
        end as productivity_gap
    from shares

)

select
    first_output_id,
    area_code,
    year,
    {{ in_digits('case when count(output_share) = 3 then sum(rank_of_industry * output_share) end') }}
        as industrial_upgrading,
    {{ in_digits('case when count(productivity_gap) = 3 then sum(productivity_gap) end') }} as theil,
    known_from,
    known_to
from gaps
group by first_output_id, area_code, year, known_from, known_to
having count(output_share) > 0
