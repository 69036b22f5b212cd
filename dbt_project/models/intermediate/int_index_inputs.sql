-- What goes into each variant of the digital trade index as of each vintage date: the indicators that some source
-- provides, in the province-years of the sample in which all of them are known.
with known as (

    select
        observations.as_of,
        observations.indicator_id,
        observations.area_code,
        observations.year,
        observations.value,
        observations.is_imputed,
        observations.proxy_level,
        indicators.direction
    from {{ ref('fct_observation__as_of') }} as observations
    inner join {{ ref('indicators') }} as indicators
        on observations.indicator_id = indicators.indicator_id
    inner join {{ ref('provinces') }} as provinces
        on observations.area_code = provinces.province_code
    where indicators.study_role = 'index'
        and observations.value is not null
        and observations.year between {{ var('sample_start') }} and {{ var('sample_end') }}

),

provided as (

    select
        as_of,
        indicator_id,
        max(proxy_level) as proxy_level
    from known
    group by as_of, indicator_id

),

members as (

    select
        index_variants.variant,
        provided.as_of,
        provided.indicator_id,
        count(*) over (partition by provided.as_of, index_variants.variant) as members
    from {{ ref('index_variants') }} as index_variants
    cross join provided
    where
        index_variants.excludes is null
        or (
            index_variants.excludes = 'overlap'
            and provided.indicator_id not in ('gdp_per_capita', 'imports_to_gdp')
        )
        or (index_variants.excludes = 'national' and provided.proxy_level < 3)

),

counted as (

    select
        members.variant,
        members.members,
        known.*,
        count(*) over (partition by known.as_of, members.variant, known.area_code, known.year) as members_known
    from members
    inner join known
        on members.as_of = known.as_of
        and members.indicator_id = known.indicator_id

)

select
    as_of,
    variant,
    indicator_id,
    area_code,
    year,
    value,
    direction,
    is_imputed,
    proxy_level
from counted
where members_known = members
