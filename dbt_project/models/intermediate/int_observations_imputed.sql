-- Linear interpolation inside a series, over gaps of at most two years, never beyond its ends.
with neighbours as (

    select
        indicator_id,
        area_code,
        year as year_after,
        value as value_after,
        published_on,
        lag(year) over (partition by indicator_id, area_code order by year) as year_before,
        lag(value) over (partition by indicator_id, area_code order by year) as value_before,
        lag(published_on) over (partition by indicator_id, area_code order by year) as published_on_before
    from {{ ref('int_observations_preferred') }}
    where value is not null

),

steps as (

    {% for step in range(1, var('longest_imputed_gap') + 1) -%}
    select {{ step }} as step
    {%- if not loop.last %} union all {% endif %}
    {% endfor %}
)

select
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
