-- s(i, j) = x(i, j) / sum over j of x(i, j); an area without exports has no shares.
with totals as (

    select
        *,
        sum(export_value_cny_10k) over (partition by classification, province_code, year) as total
    from {{ ref('fct_export__province_category_year') }}

)

select
    classification,
    province_code as area_code,
    year,
    category_code,
    export_value_cny_10k / total as share
from totals
where total > 0
