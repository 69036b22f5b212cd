-- s(i, j) = x(i, j) / sum over j of x(i, j); an area without exports has no shares.
with totals as (

    select
        *,
        sum(export_value) over (partition by as_of, classification, area_code, year) as total
    from {{ ref('int_exports_known') }}

)

select
    as_of,
    classification,
    area_code,
    year,
    category_code,
    export_value / total as share
from totals
where total > 0
