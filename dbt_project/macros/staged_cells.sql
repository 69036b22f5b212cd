{# Observations of a source that prints indicators by area and year: one row a value cell, typed, with the
   codes and the factor to the standard unit, or the reason why it cannot be used. `cells` takes the place of
   the raw cells where a source prints area or indicator in a way that SQL has to take apart first; `is_dated` is for
   sources whose yearly values carry the date of a day. #}
{% macro staged_observations(source_id, cells=none, is_dated=false) -%}
with value_cells as (

    select
        *,
        {{ plain_text('text') }} as plain_text
    from {{ cells or source('raw', source_id) }}
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
        {{ printed_year_of_date('cells.period_label') if is_dated else printed_year('cells.period_label') }} as year,
        {{ printed_number('cells.plain_text') }} as number_printed,
        {{ missing_as_printed('cells.plain_text') }} as missing_reason,
        coalesce(
            by_position.province_code, by_name.area_code, by_neighbour.area_code, by_digits.area_code
        ) as area_code,
        coalesce(
            by_position.province_code, by_name.area_key, by_neighbour.area_key, by_digits.code
        ) is not null as is_known_name,
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
    left join {{ ref('area_codes') }} as by_digits
        on {{ is_area_in_digits('cells.area_key', printed_year('cells.period_label'), 'by_digits') }}

)

select
    source_id,
    edition,
    published_on,
    series_vintage,
    snapshot_sha256,
    file_name,
    sheet,
    cell,
    row_number,
    column_number,
    {{ cell_address('sheet', 'cell') }} as locator,
    table_title,
    title_key,
    indicator_label,
    indicator_key,
    indicator_id,
    coalesce(area_label, area_label_alt) as area_label,
    area_code,
    is_known_name,
    area_remark,
    year,
    text,
    unit_label_printed as unit_label,
    currency,
    number_printed,
    factor,
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
        when area_label is null and area_label_alt is null and area_position is null
            then 'nothing names the area of "' || indicator_label || '"; state area: in _edition.yml'
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

{# Whether a key is the code of an area (a row of seeds/concordances/area_codes) in a year: 510000, 510000000000. #}
{% macro is_area_in_digits(area_key, year, area_codes) -%}
    substring({{ area_key }}, 1, 6) = {{ area_codes }}.code
        and substring({{ area_key }}, 7) in ('', '000000')
        and {{ is_valid_in(area_codes, year) }}
{%- endmacro %}

{# Whether a row of a concordance holds in a year; without a bound it always did, or still does. #}
{% macro is_valid_in(concordance, year) -%}
    coalesce({{ year }}, 9999) between coalesce({{ concordance }}.valid_from, 0) and coalesce({{ concordance }}.valid_to, 9999)
{%- endmacro %}

{# The chapter of a commodity code of 2 to 10 digits; an odd number of digits is a leading zero lost. #}
{% macro hs_chapter(code) -%}
    substring(case when mod(length({{ code }}), 2) = 1 then '0' || {{ code }} else {{ code }} end, 1, 2)
{%- endmacro %}

{# Exports by category: one row a value cell of an input-output table or of the customs statistics. The concordance
   (a seed with code, valid_from and valid_to) tells which codes there are in a year; concorded_code is the code that
   a cell is looked up by. #}
{% macro staged_exports(source_id, concordance=none, concorded_code='cells.category_code') -%}
with value_cells as (

    select
        *,
        {{ plain_text('text') }} as plain_text
    from {{ source('raw', source_id) }}
    where role = 'value'
        and flow is not null

),

cells as (

    select
        *,
        coalesce({{ printed_year('period_label') }}, {{ printed_year_of_month('period_label') }}) as year,
        {{ unit_as_printed('plain_text', 'unit_key') }} as unit_key_printed,
        {{ unit_as_printed('plain_text', 'unit_label') }} as unit_label_printed
    from value_cells

),

resolved as (

    select
        cells.*,
        units.factor,
        units.currency,
        {{ printed_number('cells.plain_text') }} as number_printed,
        {{ missing_as_printed('cells.plain_text') }} as missing_reason,
        coalesce(area_aliases.area_code, area_codes.area_code) as area_code,
        coalesce(area_aliases.area_key, area_codes.code) is not null as is_known_name,
        {{ 'concordance.code is not null' if concordance else 'true' }} as is_known_code,
        case when area_aliases.area_code is not null then area_aliases.note end as area_remark
    from cells
    left join {{ ref('units') }} as units
        on cells.unit_key_printed = units.unit_key
        and units.unit = '10 thousand yuan'
    left join {{ ref('area_aliases') }} as area_aliases
        on cells.area_key = area_aliases.area_key
        and area_aliases.source_id in ('*', '{{ source_id }}')
    left join {{ ref('area_codes') }} as area_codes
        on {{ is_area_in_digits('cells.area_key', 'cells.year', 'area_codes') }}
    {% if concordance -%}
    left join {{ ref(concordance) }} as concordance
        on {{ concorded_code }} = concordance.code
        and {{ is_valid_in('concordance', 'cells.year') }}
    {%- endif %}

)

select
    source_id,
    edition,
    published_on,
    series_vintage,
    snapshot_sha256,
    file_name,
    sheet,
    cell,
    row_number,
    column_number,
    {{ cell_address('sheet', 'cell') }} as locator,
    table_title,
    title_key,
    indicator_label,
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
    number_printed,
    factor,
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
        when not is_known_code
            then 'code "' || coalesce(category_code, '') || '" did not exist in ' || cast(year as varchar)
                || '; if it did, add it to seeds/concordances/{{ concordance }}.csv'
    end as rejection
from resolved
{%- endmacro %}
