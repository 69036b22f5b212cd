-- Composite and domestic technology content of a category j (Yao and Zhang 2008):
--   V(j)  = sum over k of a(k, j) PRODY(k)            + (1 - sum over k of a(k, j)) PRODY(j)
--   VD(j) = sum over k of a(k, j) (1 - m(k)) PRODY(k) + (1 - sum over k of a(k, j)) PRODY(j)
-- Only years with tables: nothing is interpolated between them, for exports by sector are known in the same years.
with contents as (

    select
        weights.as_of,
        weights.category_code,
        weights.year,
        max(own.prody_yuan) as prody_yuan,
        sum(weights.composite_weight * coalesce(used.prody_yuan, own.prody_yuan)) as composite_content_yuan,
        case
            when count(weights.domestic_weight) = count(*)
                then sum(weights.domestic_weight * coalesce(used.prody_yuan, own.prody_yuan))
        end as domestic_content_yuan,
        max(weights.provinces) as provinces
    from {{ ref('int_domestic_content_weights') }} as weights
    inner join {{ ref('int_prody_annual') }} as own
        on weights.as_of = own.as_of
        and weights.category_code = own.category_code
        and weights.year = own.year
        and own.classification = 'io42_manufacturing_17'
    -- what nobody exports counts like an input that is no export category
    left join {{ ref('int_prody_annual') }} as used
        on weights.as_of = used.as_of
        and weights.input_category_code = used.category_code
        and weights.year = used.year
        and used.classification = 'io42_manufacturing_17'
    group by weights.as_of, weights.category_code, weights.year

)

select
    as_of,
    'io42_manufacturing_17' as classification,
    category_code,
    year,
    prody_yuan,
    {{ in_digits('composite_content_yuan') }} as composite_content_yuan,
    {{ in_digits('domestic_content_yuan') }} as domestic_content_yuan,
    {{ in_digits('domestic_content_yuan / composite_content_yuan') }} as domestic_content_share,
    provinces
from contents
where domestic_content_yuan is not null
