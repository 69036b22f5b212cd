-- What each province adds to the PRODY of a category and year (variant annual), as it is known now.
select
    classification,
    category_code,
    year,
    input_area_code as province_code,
    export_share as share,
    weight,
    input_value as income_yuan,
    contribution as contribution_yuan
from {{ ref('int_prody_contributions') }}
where universe = 'province'
    and variant = 'annual'
    and {{ is_current() }}
