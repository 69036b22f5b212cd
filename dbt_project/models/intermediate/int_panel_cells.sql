-- What the rows of the panels hold at any time, one row a value: each column of catalog.panel_column of the areas and
-- years of the sample of its universe, the classification of EXPY, and what a row rests on (column share).
with reported as (

    select
        universe,
        classification,
        year,
        min(known_from) as known_from
    from {{ ref('int_expy') }}
    group by universe, classification, year

),

coverage as (

    select
        dates.universe,
        dates.known_from,
        reported.classification,
        count(sample_years.year) as years,
        max(universes.sample_end - universes.sample_start + 1) as years_of_sample
    from (
        select distinct
            first_reported.universe,
            first_reported.known_from
        from reported as first_reported
    ) as dates
    inner join {{ ref('universes') }} as universes
        on dates.universe = universes.universe
    inner join reported
        on dates.universe = reported.universe
        and dates.known_from >= reported.known_from
    left join {{ ref('int_sample_years') }} as sample_years
        on reported.universe = sample_years.universe
        and reported.year = sample_years.year
    group by dates.universe, dates.known_from, reported.classification

),

-- customs data where they cover the sample, else the input-output series; else what covers most years of it
ranked as (

    select
        universe,
        known_from,
        classification,
        row_number() over (
            partition by universe, known_from
            order by
                case
                    when classification = 'hs_section_12' and years = years_of_sample then 1
                    when classification = 'io42_manufacturing_17' then 2
                    else 3
                end,
                years desc,
                classification
        ) as preference
    from coverage

),

chosen as (

    select
        universe,
        classification,
        known_from,
        lead(known_from) over (partition by universe order by known_from) as known_to
    from ranked
    where preference = 1

),

sophistication as (

    select
        expy.universe,
        expy.area_code,
        expy.year,
        expy.variant,
        expy.classification,
        expy.expy,
        expy.expy_log,
        {{ known_together('expy', 'chosen') }}
    from {{ ref('int_expy') }} as expy
    inner join chosen
        on expy.universe = chosen.universe
        and expy.classification = chosen.classification
        and {{ are_known_together('expy', 'chosen') }}

),

-- What a universe uses: the columns of its panel and, among what its rows rest on, the index and the controls.
wanted as (

    select
        universe,
        indicator_id,
        max(is_input) as is_input
    from (
        select
            universe,
            indicator_id,
            1 as is_input
        from {{ ref('index_members') }}
        union all
        select
            'province' as universe,
            indicator_id,
            1 as is_input
        from {{ ref('indicators') }}
        where study_role in ('index', 'control')
        union all
        select
            universe,
            input_id as indicator_id,
            case universe when 'province' then 0 else 1 end as is_input
        from {{ ref('panel_column') }}
        where input_kind = 'observation'
    ) as named
    group by universe, indicator_id

),

used as (

    select
        wanted.universe,
        observations.indicator_id,
        observations.area_code,
        observations.year,
        observations.value,
        observations.is_imputed,
        case when observations.obs_status = 'X' then 1 else 0 end as is_proxy,
        wanted.is_input,
        observations.known_from,
        observations.known_to
    from wanted
    inner join {{ ref('int_universe_areas') }} as areas
        on wanted.universe = areas.universe
    inner join {{ ref('int_observations_known') }} as observations
        on wanted.indicator_id = observations.indicator_id
        and areas.area_code = observations.area_code

),

observations as (

    {{ merged(
        'used', ['universe', 'indicator_id', 'area_code', 'year'], ['value', 'is_imputed', 'is_proxy', 'is_input']
    ) }}

),

chains as (

    select
        'country' as universe,
        table_edition,
        measure,
        area_code,
        year,
        value,
        known_from,
        known_to
    from {{ ref('int_value_chain_panel') }}

),

-- by what a column is computed from and how
inputs as (

    {% for input_kind, input_id, formula, value, relation in [
        ('digital_trade', 'variant', 'index', 'digital_trade_index', ref('int_index')),
        ('expy', 'variant', 'EXPY', 'expy', 'sophistication'),
        ('expy', 'variant', 'ln(EXPY in yuan / 10 000)', 'expy_log', 'sophistication'),
        ('expy', 'variant', 'ln(EXPY)', 'ln(nullif(expy, 0))', 'sophistication'),
        ('observation', 'indicator_id', 'x', 'value', 'observations'),
        ('observation', 'indicator_id', 'x / 100', in_digits('value / 100'), 'observations'),
        ('observation', 'indicator_id', 'ln(x)', 'ln(case when value > 0 then value end)', 'observations'),
        ('value_chain', 'measure', 'x', 'value', 'chains'),
        ('value_chain', 'measure', 'ln(x)', 'ln(case when value > 0 then value end)', 'chains'),
    ] -%}
    select
        universe,
        '{{ input_kind }}' as input_kind,
        {{ input_id }} as input_id,
        '{{ formula }}' as formula,
        area_code,
        year,
        {{ value }} as value,
        known_from,
        known_to
    from {{ relation }}

    union all

    {% endfor -%}
    -- a year without any exports has no logarithm of them
    select
        exports.universe,
        'observation' as input_kind,
        exports.indicator_id as input_id,
        'ln(exports / price level)' as formula,
        exports.area_code,
        exports.year,
        ln(case when exports.value > 0 then exports.value end / income.price_level) as value,
        {{ known_together('exports', 'income') }}
    from observations as exports
    inner join {{ ref('int_income') }} as income
        on exports.universe = income.universe
        and exports.area_code = income.area_code
        and exports.year = income.year
        and {{ are_known_together('exports', 'income') }}
    where exports.indicator_id = 'exports_total'
        and income.variant = 'annual'

    union all

    select
        universe,
        'income' as input_kind,
        cast(null as string) as input_id,
        'ln(income)' as formula,
        area_code,
        year,
        ln(income) as value,
        known_from,
        known_to
    from {{ ref('int_income') }}
    where variant = 'annual'

    {% for measure, formula in [
        ('industrial_upgrading', '(x1 + 2 x2 + 3 x3) / (x1 + x2 + x3)'),
        ('theil', 'sum of y/Y ln((y/l) / (Y/L))'),
    ] -%}
    union all

    select
        areas.universe,
        'observation' as input_kind,
        structure.first_output_id as input_id,
        '{{ formula }}' as formula,
        structure.area_code,
        structure.year,
        structure.{{ measure }} as value,
        structure.known_from,
        structure.known_to
    from {{ ref('int_industrial_structure') }} as structure
    inner join {{ ref('int_universe_areas') }} as areas
        on structure.area_code = areas.area_code

    {% endfor -%}

),

cells as (

    select
        inputs.universe,
        inputs.area_code,
        inputs.year,
        columns.column_name,
        inputs.value,
        cast(null as string) as classification,
        cast(null as boolean) as is_imputed,
        cast(null as integer) as is_proxy,
        inputs.known_from,
        inputs.known_to
    from inputs
    inner join {{ ref('panel_column') }} as columns
        on inputs.universe = columns.universe
        and inputs.input_kind = columns.input_kind
        and inputs.input_id is not distinct from columns.input_id
        and inputs.formula = columns.formula
        and columns.input_position = 1

    union all

    select
        universe,
        area_code,
        year,
        'expy_classification' as column_name,
        cast(null as double) as value,
        classification,
        cast(null as boolean) as is_imputed,
        cast(null as integer) as is_proxy,
        known_from,
        known_to
    from sophistication

    union all

    select
        universe,
        area_code,
        year,
        'value_chain_edition' as column_name,
        cast(null as double) as value,
        table_edition as classification,
        cast(null as boolean) as is_imputed,
        cast(null as integer) as is_proxy,
        known_from,
        known_to
    from chains
    where measure = 'position_unctad'

    union all

    -- what the row rests on: the indicators of the index and the controls
    select
        universe,
        area_code,
        year,
        'share' as column_name,
        cast(null as double) as value,
        cast(null as string) as classification,
        is_imputed,
        is_proxy,
        known_from,
        known_to
    from observations
    where is_input = 1

)

select cells.*
from cells
inner join {{ ref('int_sample_years') }} as sample_years
    on cells.universe = sample_years.universe
    and cells.year = sample_years.year
inner join {{ ref('int_universe_areas') }} as areas
    on cells.universe = areas.universe
    and cells.area_code = areas.area_code
