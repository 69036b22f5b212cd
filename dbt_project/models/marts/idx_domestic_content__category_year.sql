-- Composite and domestic technology content of a category j (Yao and Zhang 2008), as they are known now:
--   V(j)  = sum over k of a(k, j) PRODY(k)            + (1 - sum over k of a(k, j)) PRODY(j)
--   VD(j) = sum over k of a(k, j) (1 - m(k)) PRODY(k) + (1 - sum over k of a(k, j)) PRODY(j)
-- Only years with tables: nothing is interpolated between them, for exports by sector are known in the same years.
with used as (

    {{ inputs_of_categories(ref('int_cross_section_prody')) }}

),

contents as (

    select
        universe,
        classification,
        category_code,
        year,
        sum(composite_contribution) as composite_content,
        sum(contribution) as domestic_content
    from used
    where universe = 'province'
        and {{ is_current() }}
    group by universe, classification, category_code, year

),

tables as (

    select
        universe,
        classification,
        category_code,
        year,
        max(provinces) as provinces
    from {{ ref('int_domestic_content_weights') }}
    where {{ is_current() }}
    group by universe, classification, category_code, year

)

select
    contents.classification,
    contents.category_code,
    contents.year,
    annual.prody as prody_yuan,
    {{ in_digits('contents.composite_content') }} as composite_content_yuan,
    {{ in_digits('contents.domestic_content') }} as domestic_content_yuan,
    {{ in_digits('contents.domestic_content / contents.composite_content') }} as domestic_content_share,
    tables.provinces
from contents
inner join tables
    on contents.universe = tables.universe
    and contents.classification = tables.classification
    and contents.category_code = tables.category_code
    and contents.year = tables.year
inner join {{ ref('int_prody') }} as annual
    on contents.universe = annual.universe
    and contents.classification = annual.classification
    and contents.category_code = annual.category_code
    and contents.year = annual.year
    and annual.variant = 'annual'
    and {{ is_current('annual') }}
