-- What a category j is made of, by the tables of all provinces: the weight of each category c in its technology
-- content, with imported inputs (composite) and without them (domestic). The weights of the composite sum to one.
--   composite: sum over sectors k of c of a(k, j);            j itself also has 1 - sum over all k of a(k, j)
--   domestic:  sum over sectors k of c of a(k, j) (1 - m(k)); j itself also has 1 - sum over all k of a(k, j)
-- a(k, j) is the input of sector k over the total inputs of j; m(k) = imports / (output + imports), in which every use
-- of k draws on imports alike. An input that is no export category (ores, power, services) has no PRODY of its own: it
-- counts as category j, its imported part as imported all the same.
with supply as (

    select
        universe,
        known_from,
        year,
        row_code as sector_code,
        max(case when column_code = 'GO' then amount end) as output,
        max(case when column_code = 'IM' then amount end) as imports
    from {{ ref('int_io_flows_national') }}
    where column_code in ('GO', 'IM')
    group by universe, known_from, year, row_code

),

-- flows into the categories, from the sectors of the tables and from their total inputs (TI)
inputs as (

    select
        flows.universe,
        flows.known_from,
        flows.known_to,
        flows.year,
        flows.row_code as input_code,
        users.category_code,
        sum(flows.amount) as amount,
        max(flows.areas) as provinces
    from {{ ref('int_io_flows_national') }} as flows
    inner join {{ ref('io_sectors') }} as users
        on flows.column_code = users.code
        and {{ is_valid_in('users', 'flows.year') }}
    where users.category_code is not null
    group by flows.universe, flows.known_from, flows.known_to, flows.year, flows.row_code, users.category_code

),

coefficients as (

    select
        inputs.universe,
        inputs.known_from,
        inputs.known_to,
        inputs.year,
        inputs.category_code,
        coalesce(givers.category_code, inputs.category_code) as input_category_code,
        inputs.amount / totals.amount as composite_weight,
        case
            when inputs.amount = 0
                then 0
            when supply.output >= 0 and supply.imports >= 0
                then inputs.amount / totals.amount * (1 - supply.imports / nullif(supply.output + supply.imports, 0))
        end as domestic_weight,
        totals.provinces
    from inputs
    inner join {{ ref('io_sectors') }} as givers
        on inputs.input_code = givers.code
        and {{ is_valid_in('givers', 'inputs.year') }}
    inner join inputs as totals
        on inputs.universe = totals.universe
        and inputs.known_from = totals.known_from
        and inputs.year = totals.year
        and inputs.category_code = totals.category_code
        and totals.input_code = 'TI'
        and totals.amount > 0
    left join supply
        on inputs.universe = supply.universe
        and inputs.known_from = supply.known_from
        and inputs.year = supply.year
        and inputs.input_code = supply.sector_code

),

weights as (

    select
        universe,
        known_from,
        known_to,
        year,
        category_code,
        input_category_code,
        composite_weight,
        domestic_weight,
        provinces
    from coefficients

    union all

    -- its own value added
    select
        universe,
        known_from,
        known_to,
        year,
        category_code,
        category_code as input_category_code,
        1 - sum(composite_weight) as composite_weight,
        1 - sum(composite_weight) as domestic_weight,
        max(provinces) as provinces
    from coefficients
    group by universe, known_from, known_to, year, category_code

),

summed as (

    select
        universe,
        year,
        category_code,
        input_category_code,
        {{ in_digits('sum(composite_weight)') }} as composite_weight,
        -- unknown where nobody knows what of an input is imported
        {{ in_digits(sum_of_contributions('domestic_weight')) }} as domestic_weight,
        max(provinces) as provinces,
        known_from,
        known_to
    from weights
    group by universe, known_from, known_to, year, category_code, input_category_code

),

-- a category whose inputs are more than their total, or less than nothing, has no technology to weigh
possible as (

    select
        *,
        min(composite_weight) over (category_inputs) as smallest_weight,
        count(domestic_weight) over (category_inputs) = count(*) over (category_inputs) as is_domestic_known
    from summed
    window category_inputs as (partition by universe, known_from, year, category_code)

)

select
    universe,
    'io42_manufacturing_17' as classification,
    year,
    category_code,
    input_category_code,
    composite_weight,
    domestic_weight,
    is_domestic_known,
    provinces,
    known_from,
    known_to
from possible
where smallest_weight >= 0
