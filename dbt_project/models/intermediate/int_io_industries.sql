-- Value added and total inputs of the three industries, summed over the sectors of an input-output table.
select
    flows.area_code,
    flows.year,
    sectors.industry,
    sum(case when flows.row_code = 'TVA' then flows.amount end) as value_added_cny_10k,
    sum(case when flows.row_code = 'TI' then flows.amount end) as output_cny_10k
from {{ ref('int_io_flows') }} as flows
inner join {{ ref('io_sectors') }} as sectors
    on flows.column_code = sectors.code
    and {{ is_valid_in('sectors', 'flows.year') }}
where flows.row_code in ('TVA', 'TI')
group by flows.area_code, flows.year, sectors.industry
