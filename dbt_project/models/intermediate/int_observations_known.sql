{%- set cell = ['indicator_id', 'area_code', 'year'] -%}
{%- set no_cell -%}
cast(null as string) as source_id,
        cast(null as string) as series_vintage,
        cast(null as string) as snapshot_sha256,
        cast(null as string) as locator
{%- endset -%}
-- All that is known of each indicator, area and year at any time, and how: reported, interpolated in a short gap (I), a
-- ratio (D) or proxy (X) of seeds/derivations where the indicator itself is not known, the closest proxy first; and a
-- study variable that is known for the country alone joins every province, where it varies over time only (X, 3).
-- A ratio of an interpolated value is interpolated too (I). Numerator and denominator may be sums of indicators, which
-- are known while all of them are.
with itself as (

    select
        indicator_id,
        area_code,
        year,
        'reported' as made_by,
        value,
        obs_status,
        0 as proxy_level,
        published_on,
        source_id,
        series_vintage,
        snapshot_sha256,
        locator,
        false as is_imputed,
        cast(null as string) as numerator_id,
        cast(null as string) as denominator_id,
        known_from,
        known_to
    from {{ ref('int_observations_preferred') }}
    where value is not null

    union all

    select
        indicator_id,
        area_code,
        year,
        'interpolated' as made_by,
        value,
        'I' as obs_status,
        0 as proxy_level,
        published_on,
        {{ no_cell }},
        true as is_imputed,
        cast(null as string) as numerator_id,
        cast(null as string) as denominator_id,
        known_from,
        known_to
    from {{ ref('int_observations_imputed') }}

),

derivations as (

    select
        *,
        row_number() over (partition by indicator_id order by proxy_level, numerator_id) as preference
    from {{ ref('derivations') }}

),

addends as (

    select
        sums.terms,
        itself.*
    from (
        select numerator_id as terms from {{ ref('derivations') }}
        union
        select denominator_id as terms from {{ ref('derivations') }}
    ) as sums
    inner join itself
        on {{ is_term('itself.indicator_id', 'sums.terms') }}
    where sums.terms like '% + %'

),

times_of_sums as (

    {{ periods_between_changes('addends', ['terms', 'area_code', 'year']) }}

),

terms as (

    select
        indicator_id,
        area_code,
        year,
        value,
        published_on,
        is_imputed,
        known_from,
        known_to
    from itself

    union all

    select
        times_of_sums.terms as indicator_id,
        times_of_sums.area_code,
        times_of_sums.year,
        sum(addends.value) as value,
        max(addends.published_on) as published_on,
        max(case when addends.is_imputed then 1 else 0 end) = 1 as is_imputed,
        times_of_sums.known_from,
        times_of_sums.known_to
    from times_of_sums
    inner join addends
        on times_of_sums.terms = addends.terms
        and times_of_sums.area_code = addends.area_code
        and times_of_sums.year = addends.year
        and {{ is_known_on('addends', 'times_of_sums.known_from') }}
    group by
        times_of_sums.terms, times_of_sums.area_code, times_of_sums.year, times_of_sums.known_from,
        times_of_sums.known_to
    having count(*) = 1 + length(times_of_sums.terms) - length(replace(times_of_sums.terms, '+', ''))

),

computed as (

    select
        derivations.indicator_id,
        numerator.area_code,
        numerator.year,
        derivations.preference,
        derivations.obs_status,
        derivations.proxy_level,
        derivations.numerator_id,
        derivations.denominator_id,
        case
            when derivations.denominator_id is null then numerator.value
            else numerator.value / nullif(denominator.value, 0)
        end as value,
        numerator.is_imputed or coalesce(denominator.is_imputed, false) as is_imputed,
        case
            when denominator.published_on > numerator.published_on then denominator.published_on
            else numerator.published_on
        end as published_on,
        {{ known_together('numerator', 'denominator') }}
    from derivations
    inner join terms as numerator
        on derivations.numerator_id = numerator.indicator_id
    left join terms as denominator
        on derivations.denominator_id = denominator.indicator_id
        and numerator.area_code = denominator.area_code
        and numerator.year = denominator.year
        and {{ are_known_together('numerator', 'denominator') }}
    where derivations.denominator_id is null
        or denominator.value <> 0

),

-- of numbers that are possible each, some have no possible ratio: exports of half a country over the GDP of a village
candidates as (

    select computed.*
    from computed
    inner join {{ ref('indicators') }} as indicators
        on computed.indicator_id = indicators.indicator_id
    where computed.value between coalesce(indicators.lowest, computed.value)
        and coalesce(indicators.highest, computed.value)
        and {{ is_computed_once() }}

),

-- what a derivation yields to: the indicator itself, and derivations of more preference
better as (

    select
        itself.indicator_id,
        itself.area_code,
        itself.year,
        derivations.preference,
        itself.known_from,
        itself.known_to
    from itself
    inner join derivations
        on itself.indicator_id = derivations.indicator_id

    union all

    select
        candidates.indicator_id,
        candidates.area_code,
        candidates.year,
        derivations.preference,
        candidates.known_from,
        candidates.known_to
    from candidates
    inner join derivations
        on candidates.indicator_id = derivations.indicator_id
        and candidates.preference < derivations.preference

),

times_of_need as (

    {{ times_without('better', 'candidates', cell + ['preference']) }}

),

derived as (

    select
        candidates.indicator_id,
        candidates.area_code,
        candidates.year,
        'derived' as made_by,
        candidates.value,
        case
            when candidates.obs_status = 'D' and candidates.is_imputed then 'I' else candidates.obs_status
        end as obs_status,
        candidates.proxy_level,
        candidates.published_on,
        {{ no_cell }},
        candidates.is_imputed,
        candidates.numerator_id,
        candidates.denominator_id,
        {{ known_together('candidates', 'times_of_need') }}
    from candidates
    inner join times_of_need
        on candidates.indicator_id = times_of_need.indicator_id
        and candidates.area_code = times_of_need.area_code
        and candidates.year = times_of_need.year
        and candidates.preference = times_of_need.preference
        and {{ are_known_together('candidates', 'times_of_need') }}
    where {{ is_computed_once() }}

),

by_level as (

    select * from itself
    union all
    select * from derived

),

national as (

    select by_level.*
    from by_level
    inner join {{ ref('indicators') }} as indicators
        on by_level.indicator_id = indicators.indicator_id
    left join {{ ref('index_members') }} as members
        on by_level.indicator_id = members.indicator_id
        and members.universe = 'province'
    where by_level.area_code = '100000'
        and (members.indicator_id is not null or indicators.study_role = 'control')

),

provincial as (

    select
        by_level.indicator_id,
        by_level.known_from,
        by_level.known_to
    from by_level
    inner join {{ ref('int_universe_areas') }} as areas
        on by_level.area_code = areas.area_code
        and areas.universe = 'province'

),

times_without_provinces as (

    {{ times_without('provincial', 'national', ['indicator_id']) }}

),

spread as (

    select
        national.indicator_id,
        areas.area_code,
        national.year,
        'national' as made_by,
        national.value,
        'X' as obs_status,
        3 as proxy_level,
        national.published_on,
        {{ no_cell }},
        national.is_imputed,
        cast(null as string) as numerator_id,
        cast(null as string) as denominator_id,
        {{ known_together('national', 'times_without_provinces') }}
    from national
    inner join times_without_provinces
        on national.indicator_id = times_without_provinces.indicator_id
        and {{ are_known_together('national', 'times_without_provinces') }}
    inner join {{ ref('int_universe_areas') }} as areas
        on areas.universe = 'province'

)

select * from by_level
union all
select * from spread
