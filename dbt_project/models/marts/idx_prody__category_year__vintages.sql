-- PRODY in its variants: of the year, the mean of all years, and its domestic content.
select
    as_of,
    'annual' as variant,
    classification,
    category_code,
    year,
    prody_yuan
from {{ ref('int_prody_annual') }}

union all

-- one PRODY for all years, the mean over the sample, so that EXPY moves with the structure of exports alone
select
    as_of,
    'fixed_prody' as variant,
    classification,
    category_code,
    year,
    avg(
        case when year between {{ var('sample_start') }} and {{ var('sample_end') }} then prody_yuan end
    ) over (partition by as_of, classification, category_code) as prody_yuan
from {{ ref('int_prody_annual') }}

union all

-- what of a category is made at home; only where input-output tables say what goes into it
select
    as_of,
    'domestic_content' as variant,
    classification,
    category_code,
    year,
    domestic_content_yuan as prody_yuan
from {{ ref('int_domestic_content') }}
