-- Every observation with all that it was made from, down to the values that a file printed. The path is
-- empty for the observation itself; a reported value has no other row.
with recursive walked as (

    select
        indicator_id,
        area_code,
        year,
        cast('' as varchar) as path,
        0 as depth,
        indicator_id as input_indicator_id,
        area_code as input_area_code,
        year as input_year
    from {{ ref('fct_observation') }}
    where {{ is_current() }}

    union all

    select
        walked.indicator_id,
        walked.area_code,
        walked.year,
        walked.path || case when walked.depth > 0 then ' > ' else '' end
        || inputs.input_role || ' ' || inputs.input_indicator_id
        || case when inputs.input_area_code <> walked.input_area_code then ' ' || inputs.input_area_code else '' end
        || ' ' || cast(inputs.input_year as varchar) as path,
        walked.depth + 1 as depth,
        inputs.input_indicator_id,
        inputs.input_area_code,
        inputs.input_year
    from walked
    inner join {{ ref('observation_input') }} as inputs
        on walked.input_indicator_id = inputs.indicator_id
        and walked.input_area_code = inputs.area_code
        and walked.input_year = inputs.year

)

select
    walked.indicator_id,
    walked.area_code,
    walked.year,
    walked.path,
    walked.depth,
    walked.input_indicator_id,
    walked.input_area_code,
    walked.input_year,
    observations.value as input_value,
    observations.obs_status as input_obs_status,
    observations.missing_reason as input_missing_reason,
    observations.source_id,
    observations.snapshot_sha256,
    observations.locator
from walked
inner join {{ ref('fct_observation') }} as observations
    on walked.input_indicator_id = observations.indicator_id
    and walked.input_area_code = observations.area_code
    and walked.input_year = observations.year
    and {{ is_current('observations') }}
