-- What each observation was made from, as it is known now: the cell that prints it; what an interpolated, derived or
-- proxy value was computed from; or, of one that a study looks for in vain, what it could be computed from.
{{ config(materialized='ephemeral') }}
{{ number_input(
    'observation', 'observations', 'cell', 'cell', 'observations',
    weight='cast(1 as double)',
    contribution='observations.value'
) }}
from {{ ref('fct_observation') }} as observations
where observations.locator is not null
    and {{ is_current('observations') }}

union all

select
    'observation' as kind,
    {{ number_key('observation', 'inputs') }} as key,
    inputs.input_position as step,
    inputs.input_role as role,
    'observation' as input_kind,
    {{ number_key(
        'observation', 'inputs', indicator_id='inputs.input_indicator_id', area_code='inputs.input_area_code',
        year='inputs.input_year'
    ) }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('observation_input') }} as inputs

union all

select distinct
    'observation' as kind,
    {{ number_key('observation', 'wanted', area_code='wanted.province_code') }} as key,
    1 as step,
    'not there: ' || parts.use as role,
    'observation' as input_kind,
    {{ number_key(
        'observation', 'wanted', indicator_id='parts.provides', area_code='wanted.province_code'
    ) }} as input_key,
    cast(null as double) as weight,
    cast(null as double) as contribution
from {{ ref('missing_value') }} as wanted
inner join (
    select
        places.indicator_id,
        places.provides,
        max(places.use) as use
    from {{ ref('where_to_get') }} as places
    where places.use <> 'itself'
    group by places.indicator_id, places.provides
) as parts
    on wanted.indicator_id = parts.indicator_id
left join {{ ref('fct_observation') }} as printed
    on wanted.indicator_id = printed.indicator_id
    and wanted.province_code = printed.area_code
    and wanted.year = printed.year
    and {{ is_current('printed') }}
where printed.indicator_id is null
