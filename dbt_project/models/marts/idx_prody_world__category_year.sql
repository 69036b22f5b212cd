-- PRODY of economies at any time, in its variants.
select
    variant,
    classification,
    category_code,
    year,
    prody as prody_usd,
    known_from,
    known_to
from {{ ref('int_prody') }}
where universe = 'country'
