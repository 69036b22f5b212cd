{%- set kinds = [
    ('int_observations_imputed', none, 1, 'neighbour before', 'indicator_id', 'area_code', 'year_before', 'value_before'),
    ('int_observations_imputed', none, 2, 'neighbour after', 'indicator_id', 'area_code', 'year_after', 'value_after'),
    ('int_observations_known', 'derived', 1, 'numerator', 'numerator_id', 'area_code', 'year', 'numerator_value'),
    ('int_observations_known', 'derived', 2, 'denominator', 'denominator_id', 'area_code', 'year', 'denominator_value'),
    ('int_observations_known', 'national', 1, 'national value', 'indicator_id', "'100000'", 'year', 'value')
] -%}
-- What an interpolated, derived or proxy value was made from, one row an input.
with inputs as (

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
        and {{ indicator }} is not null
        {{ "and made_by = '" ~ made_by ~ "'" if made_by }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

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
