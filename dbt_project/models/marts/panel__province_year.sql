{%- set described = [
    'province_code', 'year', 'province_name_en', 'region', 'is_municipality', 'known_from', 'known_to'
] -%}
{%- set not_values = described + ['expy_classification', 'share_imputed', 'share_proxy'] -%}
{%- set columns = contract_columns() -%}
{%- set values = columns | reject('in', not_values) | list -%}
-- The panel that the studies are estimated on at any time: one row a province and year of the sample. Each column of
-- the contract is what catalog.panel_column says; it changes on the dates on which something of its row does.
with reported as (

    select
        classification,
        year,
        min(known_from) as known_from
    from {{ ref('int_expy') }}
    where universe = 'province'
    group by classification, year

),

coverage as (

    select
        dates.known_from,
        reported.classification,
        count(sample_years.year) as years,
        (
            select count(*) from {{ ref('int_sample_years') }}
            where universe = 'province'
        ) as years_of_sample
    from (
        select distinct first_reported.known_from
        from reported as first_reported
    ) as dates
    inner join reported
        on dates.known_from >= reported.known_from
    left join {{ ref('int_sample_years') }} as sample_years
        on reported.year = sample_years.year
        and sample_years.universe = 'province'
    group by dates.known_from, reported.classification

),

-- customs data where they cover the sample, else the input-output series
ranked as (

    select
        known_from,
        classification,
        row_number() over (
            partition by known_from
            order by
                case
                    when classification = 'hs_section_12' and years = years_of_sample then 1
                    when classification = 'io42_manufacturing_17' then 2
                    else 3
                end
        ) as preference
    from coverage

),

chosen as (

    select
        classification,
        known_from,
        lead(known_from) over (order by known_from) as known_to
    from ranked
    where preference = 1

),

sophistication as (

    select
        expy.area_code,
        expy.year,
        expy.variant,
        expy.classification,
        expy.expy,
        expy.expy_log,
        {{ known_together('expy', 'chosen') }}
    from {{ ref('int_expy') }} as expy
    inner join chosen
        on expy.classification = chosen.classification
        and {{ are_known_together('expy', 'chosen') }}
    where expy.universe = 'province'

),

used as (

    select
        observations.indicator_id,
        observations.area_code,
        observations.year,
        observations.value,
        observations.is_imputed,
        case when observations.obs_status = 'X' then 1 else 0 end as is_proxy,
        case when indicators.study_role in ('index', 'control') then 1 else 0 end as is_input,
        observations.known_from,
        observations.known_to
    from {{ ref('int_observations_known') }} as observations
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id
    where indicators.study_role in ('index', 'control')
        or observations.indicator_id in (
            select input_id from {{ ref('panel_column') }}
            where input_kind = 'observation'
        )

),

observations as (

    {{ merged('used', ['indicator_id', 'area_code', 'year'], ['value', 'is_imputed', 'is_proxy', 'is_input']) }}

),

-- by what a column is computed from and how
inputs as (

    select
        'digital_trade' as input_kind,
        variant as input_id,
        'index' as formula,
        area_code,
        year,
        digital_trade_index as value,
        known_from,
        known_to
    from {{ ref('int_index') }}
    where universe = 'province'

    union all

    select
        'expy' as input_kind,
        variant as input_id,
        'EXPY' as formula,
        area_code,
        year,
        expy as value,
        known_from,
        known_to
    from sophistication

    union all

    select
        'expy' as input_kind,
        variant as input_id,
        'ln(EXPY in yuan / 10 000)' as formula,
        area_code,
        year,
        expy_log as value,
        known_from,
        known_to
    from sophistication

    union all

    select
        'observation' as input_kind,
        indicator_id as input_id,
        'x' as formula,
        area_code,
        year,
        value,
        known_from,
        known_to
    from observations

    union all

    select
        'observation' as input_kind,
        indicator_id as input_id,
        'x / 100' as formula,
        area_code,
        year,
        {{ in_digits('value / 100') }} as value,
        known_from,
        known_to
    from observations

    union all

    -- a year without any exports has no logarithm of them
    select
        'observation' as input_kind,
        exports.indicator_id as input_id,
        'ln(exports / price level)' as formula,
        exports.area_code,
        exports.year,
        ln(case when exports.value > 0 then exports.value end / income.price_level) as value,
        {{ known_together('exports', 'income') }}
    from observations as exports
    inner join {{ ref('int_income') }} as income
        on exports.area_code = income.area_code
        and exports.year = income.year
        and {{ are_known_together('exports', 'income') }}
    where exports.indicator_id = 'exports_total'
        and income.universe = 'province'

    union all

    select
        'income' as input_kind,
        cast(null as varchar) as input_id,
        'ln(income)' as formula,
        area_code,
        year,
        ln(income) as value,
        known_from,
        known_to
    from {{ ref('int_income') }}
    where universe = 'province'

    {% for measure, formula in [
        ('industrial_upgrading', '(x1 + 2 x2 + 3 x3) / (x1 + x2 + x3)'),
        ('theil', 'sum of y/Y ln((y/l) / (Y/L))'),
    ] -%}
    union all

    select
        'observation' as input_kind,
        'value_added_primary' as input_id,
        '{{ formula }}' as formula,
        area_code,
        year,
        {{ measure }} as value,
        known_from,
        known_to
    from {{ ref('int_industrial_structure') }}

    {% endfor -%}

),

cells as (

    select
        inputs.area_code,
        inputs.year,
        columns.column_name,
        inputs.value,
        cast(null as varchar) as classification,
        cast(null as boolean) as is_imputed,
        cast(null as integer) as is_proxy,
        inputs.known_from,
        inputs.known_to
    from inputs
    inner join {{ ref('panel_column') }} as columns
        on inputs.input_kind = columns.input_kind
        and inputs.input_id is not distinct from columns.input_id
        and inputs.formula = columns.formula
        and columns.input_position = 1

    union all

    select
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

    -- what the row rests on: the indicators of the index and the controls
    select
        area_code,
        year,
        'share' as column_name,
        cast(null as double) as value,
        cast(null as varchar) as classification,
        is_imputed,
        is_proxy,
        known_from,
        known_to
    from observations
    where is_input = 1

),

sampled as (

    select cells.*
    from cells
    inner join (
        select distinct
            area_code,
            year
        from {{ ref('int_index') }}
        where universe = 'province'
    ) as sample
        on cells.area_code = sample.area_code
        and cells.year = sample.year

),

periods as (

    {{ periods_between_changes('sampled', ['area_code', 'year']) }}

),

wide as (

    select
        sampled.area_code as province_code,
        sampled.year,
        {% for column in values -%}
        max(case when sampled.column_name = '{{ column }}' then sampled.value end) as {{ column }},
        {% endfor -%}
        max(sampled.classification) as expy_classification,
        avg(case when sampled.is_imputed then 1.0 when not sampled.is_imputed then 0.0 end) as share_imputed,
        avg(cast(sampled.is_proxy as double)) as share_proxy,
        periods.known_from,
        periods.known_to
    from periods
    inner join sampled
        on periods.area_code = sampled.area_code
        and periods.year = sampled.year
        and {{ is_known_on('sampled', 'periods.known_from') }}
    group by sampled.area_code, sampled.year, periods.known_from, periods.known_to
    -- the index has a row, or a reason, from the first publication on
    having count(case when sampled.column_name = 'dige' then 1 end) > 0

),

changed as (

    {{ merged(
        'wide', ['province_code', 'year'], values + ['expy_classification', 'share_imputed', 'share_proxy']
    ) }}

)

select
    {% for column in columns -%}
    {%- if column in ('province_name_en', 'region', 'is_municipality') -%}
    provinces.{{ column | replace('province_', '') }}{{ ' as ' ~ column if column == 'province_name_en' }}
    {%- else -%}
    changed.{{ column }}
    {%- endif %}
    {%- if not loop.last %},
    {% endif %}
    {%- endfor %}
from changed
inner join {{ ref('dim_province') }} as provinces
    on changed.province_code = provinces.province_code
