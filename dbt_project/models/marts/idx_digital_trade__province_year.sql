{%- set dimensions = ['infrastructure', 'innovation', 'scale', 'potential', 'barriers'] -%}
-- The index is the sum of the contributions; a province-year short of an indicator is NULL with the reason.
with grid as (

    select
        index_variants.variant,
        provinces.province_code,
        sample_years.year
    from {{ ref('index_variants') }} as index_variants
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
        contributions.variant,
        contributions.province_code,
        contributions.year,
        sum(contributions.contribution) as digital_trade_index,
        {% for dimension in dimensions -%}
        sum(case when indicators.dimension = '{{ dimension }}' then contributions.contribution end)
            as {{ dimension }}_score,
        {% endfor -%}
        avg(case when inputs.is_imputed then 1.0 else 0.0 end) as share_imputed,
        avg(case when inputs.proxy_level > 0 then 1.0 else 0.0 end) as share_proxy,
        count(*) as indicators_used
    from {{ ref('idx_digital_trade__contributions') }} as contributions
    inner join {{ ref('int_index_inputs') }} as inputs
        on contributions.variant = inputs.variant
        and contributions.indicator_id = inputs.indicator_id
        and contributions.province_code = inputs.area_code
        and contributions.year = inputs.year
    inner join {{ ref('indicators') }} as indicators
        on contributions.indicator_id = indicators.indicator_id
    group by contributions.variant, contributions.province_code, contributions.year

),

members as (

    select
        weights.variant,
        count(*) as members
    from {{ ref('idx_digital_trade__weights') }} as weights
    where weights.weight is not null
    group by weights.variant

),

known as (

    select
        weights.variant,
        observations.area_code,
        observations.year,
        count(*) as members_known
    from {{ ref('idx_digital_trade__weights') }} as weights
    inner join {{ ref('fct_observation') }} as observations
        on weights.indicator_id = observations.indicator_id
    where weights.weight is not null
        and observations.value is not null
    group by weights.variant, observations.area_code, observations.year

)

select
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
    on grid.variant = summed.variant
    and grid.province_code = summed.province_code
    and grid.year = summed.year
left join members
    on grid.variant = members.variant
left join known
    on grid.variant = known.variant
    and grid.province_code = known.area_code
    and grid.year = known.year
