-- What each category, as an input, adds to the domestic technology content of another, as it is known now.
with used as (

    {{ inputs_of_categories(ref('int_cross_section_prody')) }}

)

select
    classification,
    category_code,
    year,
    input_category_code,
    composite_weight,
    domestic_weight,
    input_prody as input_prody_yuan,
    contribution as contribution_yuan
from used
where universe = 'province'
    and {{ is_current() }}
