-- What each category, as an input, adds to the domestic technology content of another, as it is known now.
select
    classification,
    category_code,
    year,
    input_category_code,
    composite_weight,
    weight as domestic_weight,
    input_value as input_prody_yuan,
    contribution as contribution_yuan
from {{ ref('int_prody_contributions') }}
where universe = 'province'
    and variant = 'domestic_content'
    and {{ is_current() }}
