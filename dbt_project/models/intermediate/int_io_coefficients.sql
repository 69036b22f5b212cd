-- Direct input coefficients of an input-output table: a(k, j) = x(k, j) / X(j), the flow from sector k to sector j over
-- the total inputs of j. A sector without inputs has no coefficients, a blank flow has none either: NULL with a reason.
with sectors as (

    select
        area_code,
        year,
        column_code as sector_code,
        amount as total_inputs
    from {{ ref('int_io_flows') }}
    where row_code = 'TI'

)

select
    flows.area_code,
    flows.year,
    flows.row_code as input_code,
    flows.column_code as sector_code,
    flows.amount as flow_cny_10k,
    sectors.total_inputs as total_inputs_cny_10k,
    case when sectors.total_inputs > 0 then flows.amount / sectors.total_inputs end as input_coefficient,
    case
        when sectors.total_inputs is null then 'the table prints no total inputs of the sector'
        when sectors.total_inputs <= 0 then 'the sector produces nothing'
        when flows.amount is null then flows.missing_reason
    end as missing_reason
from {{ ref('int_io_flows') }} as flows
inner join {{ ref('io_sectors') }} as inputs
    on flows.row_code = inputs.code
    and {{ is_valid_in('inputs', 'flows.year') }}
inner join {{ ref('io_sectors') }} as users
    on flows.column_code = users.code
    and {{ is_valid_in('users', 'flows.year') }}
left join sectors
    on flows.area_code = sectors.area_code
    and flows.year = sectors.year
    and flows.column_code = sectors.sector_code
