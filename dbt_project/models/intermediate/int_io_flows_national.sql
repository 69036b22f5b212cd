-- The input-output tables of the areas of a universe and year added up: what all of them print of a flow, in 10
-- thousand yuan.
with tables as (

    select
        areas.universe,
        flows.year,
        flows.area_code,
        flows.known_from,
        flows.known_to
    from (
        select distinct
            area_code,
            year,
            known_from,
            known_to
        from {{ ref('int_io_flows') }}
    ) as flows
    inner join {{ ref('int_universe_areas') }} as areas
        on flows.area_code = areas.area_code

),

periods as (

    {{ periods_between_changes('tables', ['universe', 'year']) }}

)

select
    periods.universe,
    periods.year,
    flows.row_code,
    flows.column_code,
    sum(flows.amount) as amount,
    count(distinct flows.area_code) as areas,
    periods.known_from,
    periods.known_to
from periods
inner join tables
    on periods.universe = tables.universe
    and periods.year = tables.year
    and {{ is_known_on('tables', 'periods.known_from') }}
inner join {{ ref('int_io_flows') }} as flows
    on tables.area_code = flows.area_code
    and tables.year = flows.year
    and tables.known_from = flows.known_from
where flows.amount is not null
group by periods.universe, periods.year, flows.row_code, flows.column_code, periods.known_from, periods.known_to
