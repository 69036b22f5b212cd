{# Observations of a source that prints indicators by area and year: one row a value cell, typed, with the
   codes and the factor to the standard unit, or the reason why it cannot be used. #}
{% macro staged_observations(source_id) -%}
with value_cells as (

    select
        *,
        {{ plain_text('text') }} as plain_text
    from {{ source('raw', source_id) }}
    where role = 'value'

),

cells as (

    select
        *,
        {{ unit_as_printed('plain_text', 'unit_key') }} as unit_key_printed,
        {{ unit_as_printed('plain_text', 'unit_label') }} as unit_label_printed
    from value_cells

),

resolved as (

    select
        cells.*,
        indicators.indicator_id,
        indicators.unit as standard_unit,
        units.factor,
        units.currency,
        table_aliases.table_id,
        {{ printed_year('cells.period_label') }} as year,
        {{ printed_number('cells.plain_text') }} as number_printed,
        {{ missing_as_printed('cells.plain_text') }} as missing_reason,
        coalesce(by_position.province_code, by_name.area_code, by_neighbour.area_code) as area_code,
        coalesce(by_position.province_code, by_name.area_key, by_neighbour.area_key) is not null as is_known_name,
        by_name.area_key is not null
        and by_neighbour.area_key is not null
        and coalesce(by_name.area_code, '') <> coalesce(by_neighbour.area_code, '') as is_contradictory,
        case
            when by_position.province_code is not null then null
            when by_name.area_key is null and by_neighbour.area_key is not null
                then 'no known area; its neighbour "' || cells.area_label_alt || '" decides'
            when by_name.area_code is not null
                then by_name.note
        end as area_remark
    from cells
    left join {{ ref('table_aliases') }} as table_aliases
        on cells.source_id = table_aliases.source_id
        and cells.title_key = coalesce(table_aliases.title_key, '')
    left join {{ ref('indicator_aliases') }} as indicator_aliases
        on table_aliases.source_id = indicator_aliases.source_id
        and table_aliases.table_id = indicator_aliases.table_id
        and cells.indicator_key = indicator_aliases.label_key
    left join {{ ref('indicators') }} as indicators
        on indicator_aliases.indicator_id = indicators.indicator_id
    left join {{ ref('units') }} as units
        on cells.unit_key_printed = units.unit_key
        and indicators.unit = units.unit
    left join {{ ref('area_aliases') }} as by_name
        on cells.area_key = by_name.area_key
        and by_name.source_id in ('*', '{{ source_id }}')
    left join {{ ref('area_aliases') }} as by_neighbour
        on cells.area_key_alt = by_neighbour.area_key
        and by_neighbour.source_id in ('*', '{{ source_id }}')
    left join {{ ref('provinces') }} as by_position
        on cells.area_position = by_position.gb2260_position

)

select
    source_id,
    edition,
    published_on,
    series_vintage,
    snapshot_sha256,
    file_name,
    {{ cell_address('sheet', 'cell') }} as locator,
    table_title,
    indicator_label,
    indicator_id,
    coalesce(area_label, area_label_alt) as area_label,
    area_code,
    is_known_name,
    area_remark,
    year,
    text,
    unit_label_printed as unit_label,
    currency,
    number_printed * factor as amount,
    coalesce(obs_status, 'A') as obs_status,
    missing_reason,
    case
        -- a yearbook prints more than the warehouse uses (catalog.unmapped_label); a declaration means what it says
        when indicator_id is null and source_id = 'compiled'
            then 'the declared indicator "' || coalesce(indicator_label, '')
                || '" is unknown; write one of catalog.dim_indicator in _edition.yml'
        when indicator_id is null
            then null
        when is_contradictory
            then 'the row names two areas, "' || area_label || '" and "' || area_label_alt || '"'
        when not is_known_name
            then 'row label "' || coalesce(area_label, '') || '" is no known area; add it to seeds/area_aliases.csv'
        when year is null
            then 'no year could be read from "' || coalesce(period_label, '') || '"'
        when missing_reason is null and number_printed is null
            then 'a number was expected but "' || text || '" is printed; correct it in seeds or ask the publisher'
        when unit_label_printed is null
            then 'the unit is unknown; state unit: in _edition.yml'
        when factor is null
            then 'unit "' || unit_label_printed || '" cannot be turned into "' || standard_unit || '"; add it to seeds/units.csv'
    end as rejection
from resolved
{%- endmacro %}

{# Exports by category: one row a value cell of an input-output table or of the customs statistics. #}
{% macro staged_exports(source_id) -%}
with value_cells as (

    select
        *,
        {{ plain_text('text') }} as plain_text
    from {{ source('raw', source_id) }}
    where role = 'value'

),

cells as (

    select
        *,
        {{ unit_as_printed('plain_text', 'unit_key') }} as unit_key_printed,
        {{ unit_as_printed('plain_text', 'unit_label') }} as unit_label_printed
    from value_cells

),

resolved as (

    select
        cells.*,
        units.factor,
        units.currency,
        coalesce(
            {{ printed_year('cells.period_label') }}, {{ printed_year_of_month('cells.period_label') }}
        ) as year,
        {{ printed_number('cells.plain_text') }} as number_printed,
        {{ missing_as_printed('cells.plain_text') }} as missing_reason,
        area_aliases.area_code,
        area_aliases.area_key is not null as is_known_name,
        case when area_aliases.area_code is not null then area_aliases.note end as area_remark
    from cells
    left join {{ ref('units') }} as units
        on cells.unit_key_printed = units.unit_key
        and units.unit = '10 thousand yuan'
    left join {{ ref('area_aliases') }} as area_aliases
        on cells.area_key = area_aliases.area_key
        and area_aliases.source_id in ('*', '{{ source_id }}')

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
    area_remark,
    year,
    {{ period_in_digits('period_label') }} as period_label,
    category_code,
    category_label,
    flow,
    text,
    unit_label_printed as unit_label,
    currency,
    number_printed * factor as amount,
    missing_reason,
    case
        when not is_known_name
            then 'label "' || coalesce(area_label, '') || '" is no known area; add it to seeds/area_aliases.csv'
        when year is null
            then 'no year could be read from "' || coalesce(period_label, '') || '"'
        when missing_reason is null and number_printed is null
            then 'a number was expected but "' || text || '" is printed'
        when number_printed < 0
            then 'exports cannot be negative, but "' || text || '" is printed; ask the publisher'
        when factor is null
            then 'unit "' || coalesce(unit_label_printed, '') || '" is no known unit of value; state unit: in _edition.yml'
    end as rejection
from resolved
{%- endmacro %}
