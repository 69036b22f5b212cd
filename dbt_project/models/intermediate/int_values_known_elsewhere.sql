-- Values that are (within 0.05 %) those printed of another area in the same year, or of the same area in another year:
-- once a value, whatever number of files print it, with the day on which the other one was first published. Of a
-- dense series many are so by chance; int_series_compared counts those that are nearer to the other than to their own.
-- Values so close lie in one interval of 0.1 % or in two neighbouring ones, so that no more than these are compared.
{{ config(materialized='ephemeral') }}
with printed as (

    select
        indicator_id,
        category_code,
        area_code,
        period,
        value,
        case when value > 0 then 1 else -1 end as side,
        cast(floor(ln(abs(value)) / 0.001) as integer) as value_interval,
        min(published_on) as known_from
    from {{ ref('int_file_values') }}
    where value <> 0
    group by indicator_id, category_code, area_code, period, value

),

neighbours as (

    select
        *,
        value_interval + steps.step as interval_compared
    from printed
    cross join (values (-1), (0), (1)) as steps (step)

),

pairs as (

    {% for shared, other in [('period', 'area_code'), ('area_code', 'period')] -%}
    select
        printed.indicator_id,
        printed.category_code,
        printed.area_code,
        printed.period,
        printed.value,
        other.area_code as other_area_code,
        other.period as other_period,
        other.value as other_value,
        other.known_from
    from printed
    inner join neighbours as other
        on printed.indicator_id = other.indicator_id
        and printed.category_code = other.category_code
        and printed.{{ shared }} = other.{{ shared }}
        and printed.side = other.side
        and printed.value_interval = other.interval_compared
        and printed.{{ other }} <> other.{{ other }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    *,
    abs(ln(value / other_value)) as distance
from pairs
where abs(ln(value / other_value)) < 0.0005
