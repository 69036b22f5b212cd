-- The index of economies at any time.
select
    variant,
    area_code,
    year,
    digital_trade_index,
    indicators_used,
    reason,
    infrastructure_score,
    innovation_score,
    scale_score,
    potential_score,
    barriers_score,
    share_imputed,
    share_proxy,
    known_from,
    known_to
from {{ ref('int_index') }}
where universe = 'country'
