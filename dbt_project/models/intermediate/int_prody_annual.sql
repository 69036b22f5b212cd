-- PRODY of Hausmann, Hwang and Rodrik (2007): the mean income of the areas that export a category, weighted by
-- their revealed comparative advantage: PRODY(j) = sum over i of s(i, j) * Y(i) / sum over i of s(i, j).
-- The weight is the share in the area's exports, not the value of the exports, so size does not count.
select
    shares.as_of,
    shares.classification,
    shares.category_code,
    shares.year,
    {{ in_digits('sum(shares.share * income.income_yuan) / nullif(sum(shares.share), 0)') }} as prody_yuan
from {{ ref('int_export_shares') }} as shares
inner join {{ ref('int_income_real') }} as income
    on shares.as_of = income.as_of
    and shares.area_code = income.area_code
    and shares.year = income.year
group by shares.as_of, shares.classification, shares.category_code, shares.year
