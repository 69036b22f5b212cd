{%- set neighbours = [
    'value', 'published_on', 'year_before', 'value_before', 'year_after', 'value_after'
] -%}
-- Linear interpolation inside a series, over gaps of at most two years, never beyond its ends; only for what a
-- study uses (a sampled population of changing sampling fraction, say, has no value between two years).
{{ config(materialized='ephemeral') }}
with reported as (

    select
        preferred.indicator_id,
        preferred.area_code,
        preferred.year,
        preferred.value,
        preferred.published_on,
        preferred.known_from,
        preferred.known_to
    from {{ ref('int_observations_preferred') }} as preferred
    inner join {{ ref('indicators') }} as indicators
        on preferred.indicator_id = indicators.indicator_id
    where preferred.value is not null
        and indicators.study_role is not null

),

periods as (

    {{ periods_between_changes('reported', ['indicator_id', 'area_code']) }}

),

followed as (

    select
        periods.indicator_id,
        periods.area_code,
        periods.known_from,
        periods.known_to,
        reported.year as year_after,
        reported.value as value_after,
        reported.published_on,
        lag(reported.year) over series as year_before,
        lag(reported.value) over series as value_before,
        lag(reported.published_on) over series as published_on_before
    from periods
    inner join reported
        on periods.indicator_id = reported.indicator_id
        and periods.area_code = reported.area_code
        and {{ is_known_on('reported', 'periods.known_from') }}
    window series as (
        partition by periods.indicator_id, periods.area_code, periods.known_from
        order by reported.year
    )

),

steps as (

    {% for step in range(1, var('longest_imputed_gap') + 1) -%}
    select {{ step }} as step
    {%- if not loop.last %} union all {% endif %}
    {% endfor %}
),

interpolated as (

    select
        followed.indicator_id,
        followed.area_code,
        followed.year_before + steps.step as year,
        followed.value_before
        + (followed.value_after - followed.value_before)
        * steps.step / (followed.year_after - followed.year_before) as value,
        case
            when followed.published_on_before > followed.published_on then followed.published_on_before
            else followed.published_on
        end as published_on,
        followed.year_before,
        followed.value_before,
        followed.year_after,
        followed.value_after,
        followed.known_from,
        followed.known_to
    from followed
    inner join steps
        on followed.year_before + steps.step < followed.year_after
    where followed.year_after - followed.year_before <= {{ var('longest_imputed_gap') + 1 }}

)

{{ merged('interpolated', ['indicator_id', 'area_code', 'year'], neighbours) }}
