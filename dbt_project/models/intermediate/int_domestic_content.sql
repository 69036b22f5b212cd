-- Composite and domestic technology content of a category j (Yao and Zhang 2008), of the tables of all provinces:
--   V(j)  = sum over k of a(k, j) PRODY(k)             + (1 - sum over k of a(k, j)) PRODY(j)
--   VD(j) = sum over k of a(k, j) (1 - m(k)) PRODY(k)  + (1 - sum over k of a(k, j)) PRODY(j)
-- a(k, j) is the input of sector k over the total inputs of j; m(k) = imports / (output + imports), in which every use
-- of k draws on imports alike. An input that no category exports (ores, power, services) has no PRODY of its own: it
-- counts with that of the category that uses it, and its imported part as imported all the same.
-- Only years with tables: nothing is interpolated between them, for exports by sector are known in the same years.
with sectors as (

    select
        flows.as_of,
        flows.year,
        flows.row_code as sector_code,
        max(case when flows.column_code = 'GO' then flows.amount end) as output,
        max(case when flows.column_code = 'IM' then flows.amount end) as imports
    from {{ ref('int_io_flows_national') }} as flows
    where flows.column_code in ('GO', 'IM')
    group by flows.as_of, flows.year, flows.row_code

),

inputs as (

    select
        flows.as_of,
        flows.year,
        flows.row_code as input_code,
        givers.category_code as input_category,
        users.category_code,
        sum(flows.amount) as flow
    from {{ ref('int_io_flows_national') }} as flows
    inner join {{ ref('io_sectors') }} as givers
        on flows.row_code = givers.code
        and {{ is_valid_in('givers', 'flows.year') }}
    inner join {{ ref('io_sectors') }} as users
        on flows.column_code = users.code
        and {{ is_valid_in('users', 'flows.year') }}
    where users.category_code is not null
    group by flows.as_of, flows.year, flows.row_code, givers.category_code, users.category_code

),

totals as (

    select
        flows.as_of,
        flows.year,
        users.category_code,
        sum(flows.amount) as total_inputs,
        max(flows.provinces) as provinces
    from {{ ref('int_io_flows_national') }} as flows
    inner join {{ ref('io_sectors') }} as users
        on flows.column_code = users.code
        and {{ is_valid_in('users', 'flows.year') }}
    where flows.row_code = 'TI'
        and users.category_code is not null
    group by flows.as_of, flows.year, users.category_code

),

prody as (

    select
        as_of,
        category_code,
        year,
        prody_yuan
    from {{ ref('int_prody_annual') }}
    where classification = 'io42_manufacturing_17'

),

valued as (

    select
        inputs.as_of,
        inputs.category_code,
        inputs.year,
        own.prody_yuan,
        totals.provinces,
        inputs.flow / nullif(totals.total_inputs, 0) as input_coefficient,
        sectors.imports / nullif(sectors.output + sectors.imports, 0) as import_share,
        coalesce(used.prody_yuan, own.prody_yuan) as input_prody
    from inputs
    inner join totals
        on inputs.as_of = totals.as_of
        and inputs.category_code = totals.category_code
        and inputs.year = totals.year
    inner join prody as own
        on inputs.as_of = own.as_of
        and inputs.category_code = own.category_code
        and inputs.year = own.year
    left join prody as used
        on inputs.as_of = used.as_of
        and inputs.input_category = used.category_code
        and inputs.year = used.year
    left join sectors
        on inputs.as_of = sectors.as_of
        and inputs.input_code = sectors.sector_code
        and inputs.year = sectors.year

),

contents as (

    select
        as_of,
        category_code,
        year,
        max(prody_yuan) as prody_yuan,
        max(provinces) as provinces,
        sum(input_coefficient * input_prody) + (1 - sum(input_coefficient)) * max(prody_yuan)
            as composite_content_yuan,
        sum(case when input_coefficient <> 0 then input_coefficient * import_share * input_prody else 0 end)
            as imported_content_yuan,
        sum(case when input_coefficient <> 0 and import_share is null then 1 else 0 end) as inputs_of_unknown_origin
    from valued
    group by as_of, category_code, year

)

select
    as_of,
    'io42_manufacturing_17' as classification,
    category_code,
    year,
    prody_yuan,
    {{ in_digits('composite_content_yuan') }} as composite_content_yuan,
    {{ in_digits('composite_content_yuan - imported_content_yuan') }} as domestic_content_yuan,
    {{ in_digits('1 - imported_content_yuan / composite_content_yuan') }} as domestic_content_share,
    provinces
from contents
where composite_content_yuan is not null
    and inputs_of_unknown_origin = 0
