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
        {{ in_digits('sum(composite_contribution)') }} as composite_content
    from used
    where universe = 'province'
        and {{ is_current() }}
    group by universe, classification, category_code, year

),

prody as (

    select
        universe,
        classification,
        category_code,
        year,
        max(case when variant = 'annual' then prody end) as annual,
        max(case when variant = 'domestic_content' then prody end) as domestic_content
    from {{ ref('int_prody') }}
    where variant in ('annual', 'domestic_content')
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
    prody.annual as prody_yuan,
    contents.composite_content as composite_content_yuan,
    prody.domestic_content as domestic_content_yuan,
    {{ in_digits('prody.domestic_content / contents.composite_content') }} as domestic_content_share,
    tables.provinces
from contents
inner join tables
    on contents.universe = tables.universe
    and contents.classification = tables.classification
    and contents.category_code = tables.category_code
    and contents.year = tables.year
inner join prody
    on contents.universe = prody.universe
    and contents.classification = prody.classification
    and contents.category_code = prody.category_code
    and contents.year = prody.year
