{%- set cell = ['indicator_id', 'area_code', 'year'] -%}
{%- set values = [
    'value', 'unit', 'obs_status', 'proxy_level', 'missing_reason', 'published_on', 'source_id', 'series_vintage',
    'snapshot_sha256', 'locator', 'is_imputed'
] -%}
-- The preferred value of each indicator, area and year at any time, with what is not a published value marked as such;
-- a cell that was printed blank, with the reason, where nothing else is known.
with blanks as (

    select *
    from {{ ref('int_observations_preferred') }}
    where value is null

),

times_of_nothing as (

    {{ times_without(ref('int_observations_known'), 'blanks', cell) }}

),

observations as (

    select
        indicator_id,
        area_code,
        year,
        value,
        obs_status,
        proxy_level,
        cast(null as string) as missing_reason,
        published_on,
        source_id,
        series_vintage,
        snapshot_sha256,
        locator,
        is_imputed,
        known_from,
        known_to
    from {{ ref('int_observations_known') }}

    union all

    select
        blanks.indicator_id,
        blanks.area_code,
        blanks.year,
        blanks.value,
        cast(null as string) as obs_status,
        0 as proxy_level,
        blanks.missing_reason,
        blanks.published_on,
        blanks.source_id,
        blanks.series_vintage,
        blanks.snapshot_sha256,
        blanks.locator,
        false as is_imputed,
        {{ known_together('blanks', 'times_of_nothing') }}
    from blanks
    inner join times_of_nothing
        on blanks.indicator_id = times_of_nothing.indicator_id
        and blanks.area_code = times_of_nothing.area_code
        and blanks.year = times_of_nothing.year
        and {{ are_known_together('blanks', 'times_of_nothing') }}

),

in_units as (

    select
        observations.*,
        indicators.unit
    from observations
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id

)

{{ merged('in_units', cell, values) }}
