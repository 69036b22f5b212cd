-- Two measures of the structure of an economy, of the value added Y(k) and the employment L(k) of its three industries.
-- Upgrading W = 1 * s(1) + 2 * s(2) + 3 * s(3) with the shares s(k) = Y(k) / Y: from 1 to 3, higher is further on.
-- Rationalisation is Theil's index TL = sum over k of Y(k)/Y * ln[(Y(k)/L(k)) / (Y/L)]: 0 where labour is equally
-- productive in all industries, higher is worse. Each needs all three: a part would look like a balanced whole.
with industries as (

    select
        1 as rank_of_industry,
        'value_added_primary' as output_id,
        'employment_primary' as labour_id
    union all
    select
        2 as rank_of_industry,
        'value_added_secondary' as output_id,
        'employment_secondary' as labour_id
    union all
    select
        3 as rank_of_industry,
        'value_added_tertiary' as output_id,
        'employment_tertiary' as labour_id

),

known as (

    select
        observations.as_of,
        observations.area_code,
        observations.year,
        industries.rank_of_industry,
        max(case when observations.indicator_id = industries.output_id then observations.value end) as output,
        max(case when observations.indicator_id = industries.labour_id then observations.value end) as labour
    from {{ ref('fct_observation__as_of') }} as observations
    inner join industries
        on observations.indicator_id in (industries.output_id, industries.labour_id)
    group by observations.as_of, observations.area_code, observations.year, industries.rank_of_industry

),

shares as (

    select
        *,
        output / nullif(sum(output) over area_year, 0) as output_share,
        labour / nullif(sum(labour) over area_year, 0) as labour_share
    from known
    window area_year as (
        partition by as_of, area_code, year
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
    as_of,
    area_code,
    year,
    {{ in_digits('case when count(output_share) = 3 then sum(rank_of_industry * output_share) end') }}
        as industrial_upgrading,
    {{ in_digits('case when count(productivity_gap) = 3 then sum(productivity_gap) end') }} as theil
from gaps
group by as_of, area_code, year
having count(output_share) > 0
