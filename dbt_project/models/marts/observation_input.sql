{%- set kinds = [
    ('int_observations_imputed', none, 1, 'neighbour before', 'indicator_id', 'area_code', 'year_before', 'value_before'),
    ('int_observations_imputed', none, 2, 'neighbour after', 'indicator_id', 'area_code', 'year_after', 'value_after'),
    ('int_observations_known', 'national', 1, 'national value', 'indicator_id', "'100000'", 'year', 'value')
] -%}
-- What an interpolated, derived or proxy value was made from, one row an input.
with derived as (

    select
        indicator_id,
        area_code,
        year,
        numerator_id,
        numerator_id || ' ' || coalesce(denominator_id, '') as terms
    from {{ ref('int_observations_known') }}
    where {{ is_current() }}
        and made_by = 'derived'

),

inputs as (

    {% for model, made_by, position, role, indicator, area, year, value in kinds -%}
    select
        indicator_id,
        area_code,
        year,
        {{ position }} as input_position,
        '{{ role }}' as input_role,
        {{ indicator }} as input_indicator_id,
        {{ area }} as input_area_code,
        {{ year }} as input_year,
        {{ value }} as input_value
    from {{ ref(model) }}
    where {{ is_current() }}
        {{ "and made_by = '" ~ made_by ~ "'" if made_by }}
    union all
    {% endfor %}
    select
        derived.indicator_id,
        derived.area_code,
        derived.year,
        cast(row_number() over (
            partition by derived.indicator_id, derived.area_code, derived.year
            order by position(' ' || indicators.indicator_id || ' ' in ' ' || derived.terms || ' ')
        ) as integer) as input_position,
        case
            when {{ is_term('indicators.indicator_id', 'derived.numerator_id') }} then 'numerator'
            else 'denominator'
        end as input_role,
        indicators.indicator_id as input_indicator_id,
        derived.area_code as input_area_code,
        derived.year as input_year,
        cast(null as double) as input_value
    from derived
    inner join {{ ref('indicators') }} as indicators
        on {{ is_term('indicators.indicator_id', 'derived.terms') }}

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
    coalesce(inputs.input_value, known.value) as input_value,
    known.snapshot_sha256,
    known.locator
from inputs
left join {{ ref('int_observations_known') }} as known
    on inputs.input_indicator_id = known.indicator_id
    and inputs.input_area_code = known.area_code
    and inputs.input_year = known.year
    and known.made_by in ('reported', 'interpolated')
    and {{ is_current('known') }}
