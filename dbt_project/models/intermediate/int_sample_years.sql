-- The years of the sample of each universe.
with recursive years as (

    select
        universe,
        sample_start as year,
        sample_end
    from {{ ref('universes') }}

    union all

    select
        universe,
        year + 1 as year,
        sample_end
    from years
    where year < sample_end

)

select
    universe,
    year
from years
