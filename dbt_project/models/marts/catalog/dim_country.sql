{%- set agreements = ['cptpp_year', 'depa_year', 'rcep_year'] -%}
-- The economies among the areas: codes, region, and what is known of the Belt and Road and of agreements on digital
-- trade. Membership and years come from landed files alone; what they contradict each other on is unclear. Where a file
-- of memoranda is landed, an economy without one never signed; China, to whom they are addressed, does not sign.
with memoranda as (

    select
        area_code,
        indicator_id,
        value,
        row_number() over (partition by area_code, indicator_id order by year desc) as place
    from {{ ref('fct_observation') }}
    where indicator_id in (
            'bri_signed_year', 'bri_left_year', 'bri_unclear', 'bri_world_bank_71', 'cptpp_year', 'depa_year',
            'rcep_year'
        )
        and value is not null
        and {{ is_current() }}

),

known as (

    select
        area_code,
        cast(max(case when indicator_id = 'bri_signed_year' then value end) as integer) as signed_year,
        cast(max(case when indicator_id = 'bri_left_year' then value end) as integer) as left_year,
        {% for agreement in agreements -%}
        cast(max(case when indicator_id = '{{ agreement }}' then value end) as integer) as {{ agreement }},
        {% endfor -%}
        max(case when indicator_id = 'bri_unclear' then value end) as unclear,
        max(case when indicator_id = 'bri_world_bank_71' then value end) as world_bank_71
    from memoranda
    where place = 1
    group by area_code

),

landed as (

    select count(signed_year) > 0 as has_memoranda
    from known

),

cohorts as (

    select
        areas.area_code,
        coalesce(known.unclear, 0) = 1 as is_unclear,
        case
            when areas.area_code = '100000' or not landed.has_memoranda then null
            else coalesce(known.signed_year, 0)
        end as signed_or_never
    from {{ ref('dim_area') }} as areas
    cross join landed
    left join known
        on areas.area_code = known.area_code

)

select
    areas.area_code,
    countries.iso3,
    countries.iso2,
    countries.iso_numeric,
    countries.comtrade_code,
    areas.name_en,
    areas.name_zh,
    countries.world_bank_region,
    countries.bri_group is not null as is_bri_65,
    countries.bri_group,
    known.world_bank_71 = 1 as is_world_bank_71,
    known.signed_year as bri_signed_year,
    case
        when known.unclear = 1 then 'unclear'
        when known.left_year is not null then 'left'
        when known.signed_year is not null then 'signed'
    end as bri_status,
    known.left_year as bri_left_year,
    {% for agreement in agreements -%}
    known.{{ agreement }},
    {% endfor -%}
    case when not cohorts.is_unclear then cohorts.signed_or_never end as bri_cohort,
    case when not cohorts.is_unclear or cohorts.signed_or_never > 0 then cohorts.signed_or_never end
        as bri_cohort_unclear_signed,
    case when cohorts.is_unclear then 0 else cohorts.signed_or_never end as bri_cohort_unclear_never
from {{ ref('dim_area') }} as areas
inner join {{ ref('countries') }} as countries
    on areas.area_code = countries.area_code
inner join cohorts
    on areas.area_code = cohorts.area_code
left join known
    on areas.area_code = known.area_code
where areas.level = 'country'
