{{ config(severity='warn') }}
-- Uses less imports and inflows, and the discrepancy that the table prints, make the output of a sector, up to a
-- thousandth or the rounding of the cells.
with sums as (

    select
        flows.area_code,
        flows.year,
        flows.file_name,
        flows.row_code as sector_code,
        sum(
            case
                when users.code is not null or flows.column_code in ('TFU', 'ERR') then flows.amount
                when flows.column_code in ('IM', 'IF') then -flows.amount
            end
        ) as parts,
        sum(case when flows.column_code = 'GO' then flows.amount end) as total
    from {{ ref('int_io_flows') }} as flows
    inner join {{ ref('io_sectors') }} as inputs
        on flows.row_code = inputs.code
        and {{ is_valid_in('inputs', 'flows.year') }}
    left join {{ ref('io_sectors') }} as users
        on flows.column_code = users.code
        and {{ is_valid_in('users', 'flows.year') }}
    where {{ is_current('flows') }}
    group by flows.area_code, flows.year, flows.file_name, flows.row_code

)

select
    area_code,
    year,
    file_name,
    'the uses of sector ' || sector_code || ' less imports and inflows are ' || {{ in_words('parts') }}
    || ', its output is ' || {{ in_words('total') }} || ' (10 thousand yuan)' as message
from sums
where abs(parts - total) > greatest(0.001 * abs(total), 25)
