-- PRODY of the provinces at any time, in its variants.
select
    variant,
    classification,
    category_code,
    year,
    prody as prody_yuan,
    known_from,
    known_to
from {{ ref('int_prody') }}
where universe = 'province'
