-- What an interpolated, derived or proxy value was made from, one row an input.
with inputs as (

    select
        indicator_id,
        area_code,
        year,
        1 as input_position,
        'neighbour before' as input_role,
        indicator_id as input_indicator_id,
        area_code as input_area_code,
        year_before as input_year,
        value_before as input_value
    from {{ ref('int_observations_imputed') }}
    where {{ is_current() }}

    union all

    select
        indicator_id,
        area_code,
        year,
        2 as input_position,
        'neighbour after' as input_role,
        indicator_id as input_indicator_id,
        area_code as input_area_code,
        year_after as input_year,
        value_after as input_value
    from {{ ref('int_observations_imputed') }}
    where {{ is_current() }}

    union all

    select
        indicator_id,
        area_code,
        year,
        1 as input_position,
        'numerator' as input_role,
        numerator_id as input_indicator_id,
        area_code as input_area_code,
        year as input_year,
        numerator_value as input_value
    from {{ ref('int_observations_known') }}
    where made_by = 'derived'
        and {{ is_current() }}

    union all

    select
        indicator_id,
        area_code,
        year,
        2 as input_position,
        'denominator' as input_role,
        denominator_id as input_indicator_id,
        area_code as input_area_code,
        year as input_year,
        denominator_value as input_value
    from {{ ref('int_observations_known') }}
    where made_by = 'derived'
        and denominator_id is not null
        and {{ is_current() }}

    union all

    select
        indicator_id,
        area_code,
        year,
        1 as input_position,
        'national value' as input_role,
        indicator_id as input_indicator_id,
        '100000' as input_area_code,
        year as input_year,
        value as input_value
    from {{ ref('int_observations_known') }}
    where made_by = 'national'
        and {{ is_current() }}

)

select
    inputs.indicator_id,
    inputs.area_code,
    inputs.year,
    inputs.input_position,
    inputs.input_role,
    inputs.input_indicator_id,
    inputs.input_area_code,
    inputs.input_year,
    inputs.input_value,
    known.snapshot_sha256,
    known.locator
from inputs
left join {{ ref('int_observations_known') }} as known
    on inputs.input_indicator_id = known.indicator_id
    and inputs.input_area_code = known.area_code
    and inputs.input_year = known.year
    and known.made_by in ('reported', 'interpolated')
    and {{ is_current('known') }}
