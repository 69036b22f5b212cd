-- Linear interpolation inside a series, over gaps of at most two years, never beyond its ends; only for what a
-- study uses (a sampled population of changing sampling fraction, say, has no value between two years).
with neighbours as (

    select
        preferred.as_of,
        preferred.indicator_id,
        preferred.area_code,
        preferred.year as year_after,
        preferred.value as value_after,
        preferred.published_on,
        lag(preferred.year) over series as year_before,
        lag(preferred.value) over series as value_before,
        lag(preferred.published_on) over series as published_on_before
    from {{ ref('int_observations_preferred') }} as preferred
    inner join {{ ref('indicators') }} as indicators
        on preferred.indicator_id = indicators.indicator_id
    where preferred.value is not null
        and indicators.study_role is not null
    window series as (
        partition by preferred.as_of, preferred.indicator_id, preferred.area_code
        order by preferred.year
    )

),

steps as (

    {% for step in range(1, var('longest_imputed_gap') + 1) -%}
    select {{ step }} as step
    {%- if not loop.last %} union all {% endif %}
    {% endfor %}
)

select
    neighbours.as_of,
    neighbours.indicator_id,
    neighbours.area_code,
    neighbours.year_before + steps.step as year,
    neighbours.value_before
    + (neighbours.value_after - neighbours.value_before)
    * steps.step / (neighbours.year_after - neighbours.year_before) as value,
    case
        when neighbours.published_on_before > neighbours.published_on then neighbours.published_on_before
        else neighbours.published_on
    end as published_on,
    neighbours.year_before,
    neighbours.value_before,
    neighbours.year_after,
    neighbours.value_after
from neighbours
inner join steps
    on neighbours.year_before + steps.step < neighbours.year_after
where neighbours.year_after - neighbours.year_before <= {{ var('longest_imputed_gap') + 1 }}
