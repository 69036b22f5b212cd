-- Share of goods from abroad in the supply of a sector: m(k) = imports / (output + imports + inflows from other
-- provinces). By proportionality every use of k, exports and outflows too, draws on that supply alike. What other
-- provinces deliver counts as domestic, although some of it was imported by them.
with supply as (

    select
        flows.area_code,
        flows.year,
        flows.row_code as sector_code,
        max(case when flows.column_code = 'GO' then flows.amount end) as output,
        max(case when flows.column_code = 'IM' then flows.amount end) as imports,
        max(case when flows.column_code = 'IF' then flows.amount end) as inflows
    from {{ ref('int_io_flows') }} as flows
    inner join {{ ref('io_sectors') }} as sectors
        on flows.row_code = sectors.code
        and {{ is_valid_in('sectors', 'flows.year') }}
    group by flows.area_code, flows.year, flows.row_code

)

select
    area_code,
    year,
    sector_code,
    output as output_cny_10k,
    imports as imports_cny_10k,
    inflows as inflows_cny_10k,
    case
        when output + imports + coalesce(inflows, 0) > 0 then imports / (output + imports + coalesce(inflows, 0))
    end as import_share,
    case
        when output is null then 'the table prints no output of the sector'
        when imports is null then 'the table prints no imports of the sector'
        when output + imports + coalesce(inflows, 0) <= 0 then 'nothing of the sector is supplied'
    end as missing_reason
from supply
