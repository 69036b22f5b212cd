-- The input-output tables of the provinces of a year added up, as of each vintage date: what all of them print of a
-- flow, in 10 thousand yuan. Of several tables of a province and year the newest counts, whole.
with tables as (

    select
        vintage_dates.as_of,
        flows.area_code,
        flows.year,
        flows.file_name,
        flows.snapshot_sha256,
        row_number() over (
            partition by vintage_dates.as_of, flows.area_code, flows.year
            order by flows.published_on desc, flows.series_vintage, flows.file_name, flows.snapshot_sha256
        ) as preference
    from (
        select distinct
            cells.area_code,
            cells.year,
            cells.published_on,
            cells.series_vintage,
            cells.file_name,
            cells.snapshot_sha256
        from {{ ref('int_io_flow_cells') }} as cells
    ) as flows
    inner join {{ ref('provinces') }} as provinces
        on flows.area_code = provinces.province_code
    inner join {{ ref('int_vintage_dates') }} as vintage_dates
        on flows.published_on <= vintage_dates.as_of

),

-- a stray second sheet repeats cells of its table
flows as (

    select distinct
        area_code,
        year,
        file_name,
        snapshot_sha256,
        row_code,
        column_code,
        amount
    from {{ ref('int_io_flow_cells') }}
    where amount is not null

)

select
    tables.as_of,
    tables.year,
    flows.row_code,
    flows.column_code,
    sum(flows.amount) as amount,
    count(distinct tables.area_code) as provinces
from tables
inner join flows
    on tables.area_code = flows.area_code
    and tables.year = flows.year
    and tables.file_name = flows.file_name
    and tables.snapshot_sha256 = flows.snapshot_sha256
where tables.preference = 1
group by tables.as_of, tables.year, flows.row_code, flows.column_code
