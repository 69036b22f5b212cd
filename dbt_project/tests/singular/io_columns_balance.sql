{{ config(severity='warn') }}
-- What a sector uses and the value that it adds make its total inputs, up to a thousandth or the rounding of the cells.
with sums as (

    select
        flows.area_code,
        flows.year,
        flows.file_name,
        flows.column_code as sector_code,
        sum(case when flows.row_code = 'TVA' or inputs.code is not null then flows.amount end) as parts,
        sum(case when flows.row_code = 'TI' then flows.amount end) as total
    from {{ ref('int_io_flows') }} as flows
    inner join {{ ref('io_sectors') }} as users
        on flows.column_code = users.code
        and {{ is_valid_in('users', 'flows.year') }}
    left join {{ ref('io_sectors') }} as inputs
        on flows.row_code = inputs.code
        and {{ is_valid_in('inputs', 'flows.year') }}
    where {{ is_current('flows') }}
    group by flows.area_code, flows.year, flows.file_name, flows.column_code

)

select
    area_code,
    year,
    file_name,
    'the inputs and the value added of sector ' || sector_code || ' are ' || {{ in_words('parts') }}
    || ' together, its total inputs are ' || {{ in_words('total') }} || ' (10 thousand yuan)' as message
from sums
where abs(parts - total) > greatest(0.001 * abs(total), 25)
