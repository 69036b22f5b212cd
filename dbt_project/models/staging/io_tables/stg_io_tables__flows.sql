-- Every flow of the input-output tables, one row a value cell: from the sector or item of its row to the sector or
-- item of its column, in 10 thousand yuan. Items (total inputs, imports, …) have the codes of seeds/io_items.csv.
with cells as (

    select
        *,
        {{ printed_year('period_label') }} as year,
        {{ printed_number(plain_text('text')) }} as number_printed,
        {{ missing_as_printed(plain_text('text')) }} as missing_reason,
        case when flow = 'export' then 'EX' else indicator_label end as column_label
    from {{ source('raw', 'io_tables') }}
    where role = 'value'

),

resolved as (

    select
        cells.*,
        units.factor,
        units.currency,
        coalesce(area_aliases.area_code, area_codes.area_code) as area_code,
        coalesce(area_aliases.area_key, area_codes.code) is not null as is_known_name,
        coalesce(row_sectors.code, row_items.item_code) as row_code,
        coalesce(column_sectors.code, column_items.item_code) as column_code
    from cells
    left join {{ ref('units') }} as units
        on cells.unit_key = units.unit_key
        and units.unit = '10 thousand yuan'
    left join {{ ref('area_aliases') }} as area_aliases
        on cells.area_key = area_aliases.area_key
        and area_aliases.source_id in ('*', 'io_tables')
    left join {{ ref('area_codes') }} as area_codes
        on {{ is_area_in_digits('cells.area_key', 'cells.year', 'area_codes') }}
    left join {{ ref('io_sectors') }} as row_sectors
        on cells.category_code = row_sectors.code
        and {{ is_valid_in('row_sectors', 'cells.year') }}
    left join {{ ref('io_sectors') }} as column_sectors
        on cells.column_label = column_sectors.code
        and {{ is_valid_in('column_sectors', 'cells.year') }}
    left join {{ ref('io_items') }} as row_items
        on lower(cells.category_code) = row_items.label_key
    left join {{ ref('io_items') }} as column_items
        on lower(cells.column_label) = column_items.label_key

)

select
    source_id,
    edition,
    published_on,
    series_vintage,
    snapshot_sha256,
    file_name,
    {{ cell_address('sheet', 'cell') }} as locator,
    area_label,
    area_code,
    is_known_name,
    year,
    category_label as row_label,
    column_label,
    row_code,
    column_code,
    coalesce(flow, '') = 'export' as is_export,
    text,
    unit_label,
    number_printed * factor as amount,
    missing_reason,
    case
        when not is_known_name
            then 'label "' || coalesce(area_label, '') || '" is no known area; add it to seeds/area_aliases.csv'
        when year is null
            then 'no year could be read from "' || coalesce(period_label, '') || '"'
        when missing_reason is null and number_printed is null
            then 'a number was expected but "' || text || '" is printed'
        when factor is null or currency is not null
            then 'unit "' || coalesce(unit_label, '') || '" is no unit of value in yuan; state unit: in _edition.yml'
        when row_code is null and try_cast(category_code as integer) is not null
            then 'sector "' || category_code || '" is in no table of ' || cast(year as varchar)
                || '; add the table to seeds/concordances/io_sectors.csv'
        when column_code is null and try_cast(column_label as integer) is not null
            then 'sector "' || column_label || '" is in no table of ' || cast(year as varchar)
                || '; add the table to seeds/concordances/io_sectors.csv'
    end as rejection
from resolved
