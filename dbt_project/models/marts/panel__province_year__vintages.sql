{%- set index_variants = ['entropy', 'entropy_no_shift', 'equal', 'pca', 'no_overlap', 'provincial_only'] -%}
{%- set expy_variants = ['annual', 'fixed_prody', 'leave_one_out', 'domestic_content'] -%}
{%- set observed = {
    'open': 'trade_openness', 'fin': 'loan_deposit_ratio', 'str': 'tertiary_to_secondary',
    'urban': 'urbanisation_rate', 'edu': 'teacher_pupil_ratio', 'market': 'marketisation_index',
    'exports': 'exports_total', 'exports_to_gdp': 'exports_to_gdp',
    'rd_intensity': 'rd_intensity', 'rd_personnel_per_10k': 'rd_personnel_per_10k',
    'ip_protection': 'ip_protection', 'patent_grants_per_10k': 'patent_grants_per_10k',
    'policy_support': 'policy_support'
} -%}
-- The panel that the studies are estimated on: one row a province and year of the sample.
with indices as (

    select
        {% for variant in index_variants -%}
        max(case when variant = '{{ variant }}' then digital_trade_index end) as dige_{{ variant }},
        {% endfor -%}
        as_of,
        province_code,
        year
    from {{ ref('idx_digital_trade__province_year__vintages') }}
    group by as_of, province_code, year

),

coverage_of_classifications as (

    select
        as_of,
        classification,
        count(distinct case
            when year between {{ var('sample_start') }} and {{ var('sample_end') }} then year
        end) as years
    from {{ ref('idx_expy__province_year__vintages') }}
    group by as_of, classification

),

-- customs data where they cover the sample, else the input-output series
chosen as (

    select
        as_of,
        classification
    from (
        select
            as_of,
            classification,
            row_number() over (
                partition by as_of
                order by
                    case
                        when classification = 'hs_section_12'
                            and years = {{ var('sample_end') - var('sample_start') + 1 }} then 1
                        when classification = 'io42_manufacturing_17' then 2
                        else 3
                    end
            ) as preference
        from coverage_of_classifications
    ) as ranked
    where preference = 1

),

sophistication as (

    select
        expy.as_of,
        expy.province_code,
        expy.year,
        expy.classification,
        {% for variant in expy_variants -%}
        max(case when expy.variant = '{{ variant }}' then expy.expy_log end) as expy_{{ variant }},
        {% endfor -%}
        max(case when expy.variant = 'annual' then expy.expy_yuan end) as expy_yuan
    from {{ ref('idx_expy__province_year__vintages') }} as expy
    inner join chosen
        on expy.as_of = chosen.as_of
        and expy.classification = chosen.classification
    group by expy.as_of, expy.province_code, expy.year, expy.classification

),

observations as (

    select
        {% for column, indicator in observed.items() -%}
        max(case when indicator_id = '{{ indicator }}' then value end) as {{ column }},
        {% endfor -%}
        as_of,
        area_code,
        year
    from {{ ref('fct_observation__as_of') }}
    group by as_of, area_code, year

),

-- what the row rests on: the indicators of the index and the controls
inputs as (

    select
        observations.as_of,
        observations.area_code,
        observations.year,
        avg(case when observations.is_imputed then 1.0 else 0.0 end) as share_imputed,
        avg(case when observations.obs_status = 'X' then 1.0 else 0.0 end) as share_proxy
    from {{ ref('fct_observation__as_of') }} as observations
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id
    where indicators.study_role in ('index', 'control')
        and observations.value is not null
    group by observations.as_of, observations.area_code, observations.year

)

select
    indices.as_of,
    indices.province_code,
    indices.year,
    provinces.name_en as province_name_en,
    provinces.region,
    provinces.is_municipality,
    sophistication.expy_annual as expy,
    indices.dige_entropy as dige,
    {% for variant in expy_variants -%}
    sophistication.expy_{{ variant }},
    {% endfor -%}
    {% for variant in index_variants -%}
    indices.dige_{{ variant }},
    {% endfor -%}
    sophistication.expy_yuan,
    sophistication.classification as expy_classification,
    observations.urban,
    observations.edu,
    {{ in_digits('observations.market / 100') }} as market,
    observations.open,
    observations.fin,
    observations.str,
    -- a year without any exports has no logarithm of them
    ln(case when observations.exports > 0 then observations.exports end / income.price_level) as ln_exports,
    observations.exports_to_gdp,
    ln(income.income_yuan) as ln_income,
    observations.rd_intensity,
    observations.rd_personnel_per_10k,
    structure.industrial_upgrading,
    structure.theil,
    observations.ip_protection,
    observations.patent_grants_per_10k,
    observations.policy_support,
    inputs.share_imputed,
    inputs.share_proxy
from indices
inner join {{ ref('provinces') }} as provinces
    on indices.province_code = provinces.province_code
left join sophistication
    on indices.as_of = sophistication.as_of
    and indices.province_code = sophistication.province_code
    and indices.year = sophistication.year
left join observations
    on indices.as_of = observations.as_of
    and indices.province_code = observations.area_code
    and indices.year = observations.year
left join {{ ref('int_income_real') }} as income
    on indices.as_of = income.as_of
    and indices.province_code = income.area_code
    and indices.year = income.year
left join {{ ref('int_industrial_structure') }} as structure
    on indices.as_of = structure.as_of
    and indices.province_code = structure.area_code
    and indices.year = structure.year
left join inputs
    on indices.as_of = inputs.as_of
    and indices.province_code = inputs.area_code
    and indices.year = inputs.year
