-- What each category, as an input, adds to the technology content of another: weight times PRODY.
select
    contents.classification,
    contents.category_code,
    contents.year,
    weights.input_category_code,
    weights.composite_weight,
    weights.domestic_weight,
    used.prody_yuan as input_prody_yuan,
    weights.domestic_weight * coalesce(used.prody_yuan, contents.prody_yuan) as contribution_yuan
from {{ ref('idx_domestic_content__category_year') }} as contents
inner join {{ ref('int_domestic_content_weights') }} as weights
    on contents.category_code = weights.category_code
    and contents.year = weights.year
    and {{ is_newest_vintage('weights') }}
left join {{ ref('idx_prody__category_year') }} as used
    on contents.classification = used.classification
    and weights.input_category_code = used.category_code
    and contents.year = used.year
    and used.variant = 'annual'
