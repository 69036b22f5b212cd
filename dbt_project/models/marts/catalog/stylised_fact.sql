-- What the papers say without a source, and what the data say: the claim, the number that is found and a verdict. A
-- number is confirmed where it is the claimed one at the digits printed, misdated where it is that of another year,
-- else contradicted; where nothing is computed, or what is claimed is not said well enough to be computed (compared
-- with the newest number up to its year), verdict and reason are those of seeds/stylised_facts.
{%- set relations = {
    'observations': 'observations', 'vintages': 'vintages', 'printed': 'printed', 'chains': 'chains',
    'industries': 'industries'
} -%}
{%- set released = {
    'observations': 'marts.fct_observation', 'vintages': 'marts.fct_observation__vintages',
    'printed': 'marts.printed_series', 'chains': 'marts.idx_value_chain__country_year',
    'industries': 'marts.idx_value_chain__country_industry_year'
} %}
with observations as (

    select *
    from {{ ref('fct_observation') }}
    where {{ is_current() }}

),

vintages as (

    select * from {{ ref('fct_observation__vintages') }}

),

printed as (

    select *
    from {{ ref('printed_series') }}
    where superseded_on is null
        and rejection is null

),

chains as (

    select * from {{ ref('idx_value_chain__country_year') }}

),

industries as (

    select * from {{ ref('idx_value_chain__country_industry_year') }}

),

found as (

    {% for fact_id, check in stylised_checks().items() -%}
    select
        {{ fact_id }} as fact_id,
        checks.year,
        checks.value,
        {{ or_null(check.format(**released)) }} as check_sql
    from ({{ check.format(**relations) }}) as checks
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

placed as (

    select
        facts.fact_id,
        facts.comparison,
        facts.number_claimed,
        facts.decimals,
        found.check_sql,
        found.year,
        found.value,
        found.year = case
            when facts.comparison = 'newest'
                then max(case when found.year <= facts.year then found.year end) over (partition by facts.fact_id)
            else facts.year
        end as is_its_year
    from {{ ref('stylised_facts') }} as facts
    inner join found
        on facts.fact_id = found.fact_id

),

compared as (

    select
        fact_id,
        check_sql,
        year,
        is_its_year,
        case when is_its_year then value end as value_found,
        case when is_its_year then year end as year_found,
        case comparison
            when 'above' then value > number_claimed
            else {{ rounded('value', 'decimals') }} = number_claimed
        end as holds
    from placed

),

judged as (

    select
        fact_id,
        min(check_sql) as check_sql,
        max(value_found) as value_found,
        max(year_found) as year_found,
        max(case when is_its_year and holds then 1 else 0 end) as is_confirmed,
        min(case when holds and not is_its_year then year end) as other_year
    from compared
    group by fact_id

)

select
    facts.fact_id,
    facts.paper,
    facts.section,
    facts.measure,
    facts.value_claimed,
    facts.unit,
    facts.year,
    facts.source_named,
    judged.check_sql,
    judged.value_found,
    judged.year_found,
    case
        when judged.value_found is null then facts.verdict
        when judged.is_confirmed = 1 then 'confirmed'
        when facts.comparison = 'newest' then facts.verdict
        when facts.comparison = 'equal' and judged.other_year is not null then 'misdated'
        else 'contradicted'
    end as verdict,
    case
        when facts.verdict = 'no_data' and judged.value_found is null then 'no file has it: ' || facts.reason
        when judged.is_confirmed = 0 and facts.comparison = 'equal' and judged.other_year is not null
            then 'that of ' || cast(judged.other_year as string) || ': ' || facts.reason
        else facts.reason
    end as reason
from {{ ref('stylised_facts') }} as facts
left join judged
    on facts.fact_id = judged.fact_id
