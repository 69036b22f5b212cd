-- Ratios (D) and proxies (X) of seeds/derivations, only where the indicator itself is not known; the closest
-- proxy wins. A ratio of an interpolated value is interpolated too (I).
with computed as (

    select
        numerator.as_of,
        derivations.indicator_id,
        numerator.area_code,
        numerator.year,
        derivations.obs_status,
        derivations.proxy_level,
        derivations.numerator_id,
        numerator.value as numerator_value,
        derivations.denominator_id,
        denominator.value as denominator_value,
        case
            when derivations.denominator_id is null then numerator.value
            else numerator.value / nullif(denominator.value, 0)
        end as value,
        numerator.is_imputed or coalesce(denominator.is_imputed, false) as is_imputed,
        case
            when denominator.published_on > numerator.published_on then denominator.published_on
            else numerator.published_on
        end as published_on
    from {{ ref('derivations') }} as derivations
    inner join {{ ref('int_observations_known') }} as numerator
        on derivations.numerator_id = numerator.indicator_id
    left join {{ ref('int_observations_known') }} as denominator
        on derivations.denominator_id = denominator.indicator_id
        and numerator.as_of = denominator.as_of
        and numerator.area_code = denominator.area_code
        and numerator.year = denominator.year

),

ranked as (

    select
        computed.*,
        row_number() over (
            partition by computed.as_of, computed.indicator_id, computed.area_code, computed.year
            order by computed.proxy_level, computed.numerator_id
        ) as preference
    from computed
    left join {{ ref('int_observations_known') }} as known
        on computed.as_of = known.as_of
        and computed.indicator_id = known.indicator_id
        and computed.area_code = known.area_code
        and computed.year = known.year
    where known.indicator_id is null
        and computed.value is not null

)

select
    as_of,
    indicator_id,
    area_code,
    year,
    value,
    case when obs_status = 'D' and is_imputed then 'I' else obs_status end as obs_status,
    proxy_level,
    is_imputed,
    published_on,
    numerator_id,
    numerator_value,
    denominator_id,
    denominator_value
from ranked
where preference = 1
