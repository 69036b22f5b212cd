{%- set dimensions = ['infrastructure', 'innovation', 'scale', 'potential', 'barriers'] -%}
-- The index is the sum of the contributions; a province-year short of an indicator is NULL with the reason.
with grid as (

    select
        vintage_dates.as_of,
        index_variants.variant,
        provinces.province_code,
        sample_years.year
    from {{ ref('int_vintage_dates') }} as vintage_dates
    cross join {{ ref('index_variants') }} as index_variants
    cross join {{ ref('provinces') }} as provinces
    cross join (
        {% for year in range(var('sample_start'), var('sample_end') + 1) -%}
        select {{ year }} as year
        {%- if not loop.last %} union all {% endif %}
        {% endfor %}
    ) as sample_years

),

summed as (

    select
        contributions.as_of,
        contributions.variant,
        contributions.area_code,
        contributions.year,
        sum(contributions.contribution) as digital_trade_index,
        {% for dimension in dimensions -%}
        sum(case when indicators.dimension = '{{ dimension }}' then contributions.contribution end)
            as {{ dimension }}_score,
        {% endfor -%}
        avg(case when contributions.is_imputed then 1.0 else 0.0 end) as share_imputed,
        avg(case when contributions.proxy_level > 0 then 1.0 else 0.0 end) as share_proxy,
        count(*) as indicators_used
    from {{ ref('int_index_contributions') }} as contributions
    inner join {{ ref('indicators') }} as indicators
        on contributions.indicator_id = indicators.indicator_id
    group by contributions.as_of, contributions.variant, contributions.area_code, contributions.year

),

members as (

    select
        weights.as_of,
        weights.variant,
        count(*) as members
    from {{ ref('idx_digital_trade__weights__vintages') }} as weights
    where weights.weight is not null
    group by weights.as_of, weights.variant

),

known as (

    select
        weights.as_of,
        weights.variant,
        observations.area_code,
        observations.year,
        count(*) as members_known
    from {{ ref('idx_digital_trade__weights__vintages') }} as weights
    inner join {{ ref('fct_observation__as_of') }} as observations
        on weights.as_of = observations.as_of
        and weights.indicator_id = observations.indicator_id
    where weights.weight is not null
        and observations.value is not null
    group by weights.as_of, weights.variant, observations.area_code, observations.year

)

select
    grid.as_of,
    grid.variant,
    grid.province_code,
    grid.year,
    {{ in_digits('summed.digital_trade_index') }} as digital_trade_index,
    cast(coalesce(summed.indicators_used, 0) as integer) as indicators_used,
    {% for dimension in dimensions -%}
    summed.{{ dimension }}_score,
    {% endfor -%}
    case
        when summed.digital_trade_index is not null then null
        when members.members is null
            then 'no province-year of the sample knows all the indicators that a source provides'
        else 'only ' || cast(coalesce(known.members_known, 0) as varchar) || ' of the '
            || cast(members.members as varchar) || ' indicators of the index are known'
    end as reason,
    summed.share_imputed,
    summed.share_proxy
from grid
left join summed
    on grid.as_of = summed.as_of
    and grid.variant = summed.variant
    and grid.province_code = summed.area_code
    and grid.year = summed.year
left join members
    on grid.as_of = members.as_of
    and grid.variant = members.variant
left join known
    on grid.as_of = known.as_of
    and grid.variant = known.variant
    and grid.province_code = known.area_code
    and grid.year = known.year
