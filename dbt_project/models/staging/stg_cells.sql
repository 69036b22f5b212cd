{%- set cell_key = [
    'source_id', 'snapshot_sha256', 'series_vintage', 'corrected_as', 'corrected_category', 'area_code', 'period_label',
    'currency'
] -%}
{%- set columns_of_sums = [
    'source_id', 'edition', 'published_on', 'snapshot_sha256', 'file_name', 'sheet', 'cell', 'row_number',
    'column_number', 'text', 'unit_label', 'unit_key', 'area_label', 'area_key', 'period_label', 'classification',
    'category_code', 'category_label', 'flow', 'series_vintage', 'obs_status'
] -%}
{%- set columns_of_cells = {
    'role': 'string', 'table_title': 'string', 'title_key': 'string', 'indicator_label': 'string',
    'indicator_key': 'string', 'area_label_alt': 'string', 'area_key_alt': 'string', 'area_position': 'integer',
    'is_abroad': 'boolean'
} -%}
-- Every value cell of every source, and every sum of rows of trade statistics, which counts as so many cells,
-- understood in one way: which kind it is (an observation; an export or import by category; a flow of an input-output
-- table), what it measures, of which area and time, and its number in the standard unit; or the reason why there is
-- none, or why the cell cannot be used. A column of which nothing declares what it means is kept as printed, and stands
-- for nothing. A figure that is proven to be misprinted is read as seeds/corrections.csv says, from there on by the
-- same rules.
with printed as (

    select
        {{ (columns_of_sums + columns_of_cells.keys() | list) | join(',\n        ') }},
        1 as cells,
        row_number as last_row_number,
        cast(null as integer) as alone,
        cast(null as double) as number_summed
    from {{ source('raw', 'cells') }}
    where role = 'value'
        or (role = 'undeclared' and classification is null and indicator_label is not null)

    union all

    select
        {{ columns_of_sums | join(',\n        ') }},
        {% for column, type in columns_of_cells.items() -%}
        {{ "'value'" if column == 'role' else "''" if column == 'title_key' else 'cast(null as ' ~ type ~ ')' }}
            as {{ column }},
        {% endfor -%}
        cells,
        last_row_number,
        alone,
        case when alone = 0 then number_printed end as number_summed
    from {{ ref('stg_trade_sums') }}

),

cells as (

    select
        cells.*,
        sources.indicators_are_declared,
        case
            when cells.role = 'undeclared' then 'undeclared'
            when cells.classification is null then 'observation'
            when cells.flow is null then 'flow'
            else cells.flow
        end as kind,
        -- the column of an input-output table
        case
            when cells.classification = 'io42_manufacturing_17' and cells.flow = 'export' then 'EX'
            when cells.classification = 'io42_manufacturing_17' then cells.indicator_label
        end as column_label
    from printed as cells
    inner join {{ source('raw', 'sources') }} as sources
        on cells.source_id = sources.source_id

),

-- A label may name its area: "北京:GDP", "GDP:北京市", "中国:进出口总额:广东". Of the parts between colons that which is
-- an area names the area, the rest the indicator; beside a province the country says nothing.
labels as (

    select distinct
        source_id,
        indicator_key,
        ':' || indicator_key || ':' as parts
    from cells
    where indicator_key like '%:%'
        and kind = 'observation'

),

areas_in_labels as (

    select
        labels.source_id,
        labels.indicator_key,
        labels.parts,
        coalesce(max(case when aliases.area_code = '100000' then aliases.area_key end), '') as country_key,
        coalesce(min(case when coalesce(aliases.area_code, '') <> '100000' then aliases.area_key end), '') as area_key,
        coalesce(max(case when coalesce(aliases.area_code, '') <> '100000' then aliases.area_key end), '')
            as other_area_key
    from labels
    inner join {{ ref('stg_area_names') }} as aliases
        on position(':' || aliases.area_key || ':' in labels.parts) > 0
        and aliases.source_id in ('*', labels.source_id)
    group by labels.source_id, labels.indicator_key, labels.parts

),

indicators_in_labels as (

    select
        source_id,
        indicator_key,
        coalesce(nullif(area_key, ''), country_key) as area_key,
        nullif(area_key, '') as province_key,
        nullif(other_area_key, '') as other_area_key,
        trim(both ':' from replace(
            replace(
                replace(parts, ':' || country_key || ':', ':'),
                ':' || area_key || ':', ':'
            ),
            ':' || other_area_key || ':', ':'
        )) as indicator_key_alone
    from areas_in_labels

),

periods as (

    select
        period_label,
        {{ printed_year('period_label') }} as year,
        {{ printed_year_of_month('period_label') }} as year_of_month,
        {{ period_in_digits('period_label') }} as period_in_digits
    from (select distinct period_label from cells) as printed

),

-- what stands beside values
words as (

    select
        source_id,
        snapshot_sha256,
        coalesce(sheet, '') as sheet,
        row_number,
        column_number,
        role,
        text
    from {{ source('raw', 'cells') }}
    where role <> 'value'

),

-- areas that stand in the rows of their values, not above the table
labels_of_rows as (

    select distinct
        source_id,
        snapshot_sha256,
        sheet,
        row_number,
        text
    from words
    where role = 'label'

),

-- A column of cities, by its heading or by most of its names: its rows are the cities', whatever province stands
-- beside. A column of numbers is no such column, for 城市 is urban too.
columns_of_cities as (

    select
        source_id,
        snapshot_sha256,
        sheet,
        column_number
    from words
    where role = 'label'
        and {{ heads_cities('text') }}
    union
    select
        words.source_id,
        words.snapshot_sha256,
        words.sheet,
        words.column_number
    from words
    left join {{ ref('stg_area_names') }} as names
        on lower(words.text) = names.area_key
        and names.source_id = '*'
        and names.meaning = 'city'
    where words.text is not null
    group by words.source_id, words.snapshot_sha256, words.sheet, words.column_number
    having 2 * count(names.area_key) > count(*)

),

entries_of_cities as (

    select
        source_id,
        snapshot_sha256,
        coalesce(sheet, '') as sheet,
        row_number,
        case when {{ printed_number(plain_text('text')) }} is null then text end as name,
        sum(case when {{ printed_number(plain_text('text')) }} is null then 1 else -1 end) over (
            partition by source_id, snapshot_sha256, coalesce(sheet, ''), column_number
        ) as names_beyond_numbers
    from {{ source('raw', 'cells') }}
    where text is not null
        and not {{ heads_cities('text') }}
        and (source_id, snapshot_sha256, coalesce(sheet, ''), column_number) in (
            select
                source_id,
                snapshot_sha256,
                sheet,
                column_number
            from columns_of_cities
        )

),

cities_of_rows as (

    select
        source_id,
        snapshot_sha256,
        sheet,
        row_number,
        min(name) as city
    from entries_of_cities
    where names_beyond_numbers > 0
    group by source_id, snapshot_sha256, sheet, row_number

),

-- what is small by nature, however many cells there are, is broadcast (docs/engines.md)
named as (

    select /*+ broadcast(in_label, periods, labels_of_rows, of_row) */
        cells.source_id,
        cells.edition,
        cells.published_on,
        cells.snapshot_sha256,
        cells.file_name,
        cells.sheet,
        cells.cell,
        {{ cell_address('cells.sheet', 'cells.cell') }} as locator,
        cells.row_number,
        cells.column_number,
        cells.cells,
        cells.last_row_number,
        cells.alone,
        cells.number_summed,
        cells.kind,
        cells.text,
        cells.table_title,
        case when cells.kind in ('observation', 'undeclared') then cells.title_key end as title_key,
        cells.indicator_label,
        cells.unit_label,
        cells.unit_key,
        case when of_row.city is null then cells.area_position end as area_position,
        of_row.city is not null as is_city_in_row,
        coalesce(cells.is_abroad, false) as is_abroad,
        cells.classification,
        cells.category_code,
        cells.category_label,
        cells.column_label,
        cells.series_vintage,
        coalesce({{ printed_status('cells.text') }}, cells.obs_status) as obs_status,
        cells.indicators_are_declared,
        labels_of_rows.text is not null as is_area_in_row,
        coalesce(in_label.indicator_key_alone, cells.indicator_key) as indicator_key,
        coalesce(of_row.city, cells.area_label, in_label.area_key) as area_label,
        coalesce({{ label_as_key('of_row.city') }}, cells.area_key, in_label.area_key) as area_key,
        case
            when of_row.city is null
                then coalesce(
                        cells.area_label_alt,
                        case when cells.area_key is null then in_label.other_area_key else in_label.province_key end
                    )
        end as area_label_alt,
        case
            when of_row.city is null
                then coalesce(
                        cells.area_key_alt,
                        case when cells.area_key is null then in_label.other_area_key else in_label.province_key end
                    )
        end as area_key_alt,
        cells.period_label as period_printed,
        coalesce(periods.period_in_digits, cells.period_label) as period,
        periods.period_in_digits as period_label,
        periods.year as year_printed,
        case
            when cells.classification is null then periods.year
            else coalesce(periods.year, periods.year_of_month)
        end as year
    from cells
    left join indicators_in_labels as in_label
        on cells.source_id = in_label.source_id
        and cells.indicator_key = in_label.indicator_key
    left join periods
        on cells.period_label = periods.period_label
    left join labels_of_rows
        on cells.source_id = labels_of_rows.source_id
        and cells.snapshot_sha256 = labels_of_rows.snapshot_sha256
        and coalesce(cells.sheet, '') = labels_of_rows.sheet
        and cells.row_number = labels_of_rows.row_number
        and cells.area_label = labels_of_rows.text
    left join cities_of_rows as of_row
        on cells.source_id = of_row.source_id
        and cells.snapshot_sha256 = of_row.snapshot_sha256
        and coalesce(cells.sheet, '') = of_row.sheet
        and cells.row_number = of_row.row_number
    where {{ is_computed_once() }}

),

-- the areas, once a name and year: its code, and what is to be said of it
printed_areas as (

    select distinct
        source_id,
        area_key,
        area_key_alt,
        area_label_alt,
        area_position,
        year_printed,
        is_abroad
    from named

),

-- what those names mean that a source prints; under source * whoever prints them
names as (

    select
        printed.source_id,
        known.area_key,
        known.area_code,
        known.city_code,
        known.meaning,
        known.note
    from (
        select
            source_id,
            area_key
        from printed_areas
        union
        select
            source_id,
            area_key_alt as area_key
        from printed_areas
    ) as printed
    inner join {{ ref('stg_area_names') }} as known
        on printed.area_key = known.area_key
        and known.source_id in ('*', printed.source_id)

),

areas as (

    select
        printed.source_id,
        printed.is_abroad,
        coalesce(printed.area_key, '') as area_key,
        coalesce(printed.area_label_alt, '') as area_label_alt,
        coalesce(printed.area_position, 0) as area_position,
        coalesce(printed.year_printed, 0) as year_printed,
        coalesce(
            by_position.province_code,
            -- a city is named beside its province
            case when by_neighbour.meaning = 'city' then by_neighbour.area_code end,
            by_name.area_code, by_neighbour.area_code, by_digits.area_code
        ) as area_code,
        printed.is_abroad
        or coalesce(
            by_position.province_code, by_name.area_key, by_neighbour.area_key, by_digits.code
        ) is not null as is_known_name,
        by_name.area_key is not null
        and by_neighbour.area_key is not null
        and coalesce(by_name.area_code, '') <> coalesce(by_neighbour.area_code, '') as is_contradictory,
        case
            when by_position.province_code is not null then 'area'
            when by_neighbour.meaning = 'city' then 'city'
            else coalesce(by_name.meaning, by_neighbour.meaning, case when by_digits.code is not null then 'area' end)
        end as meaning,
        coalesce(case when by_neighbour.meaning = 'city' then by_neighbour.city_code end, by_name.city_code)
            as city_code,
        case
            when by_position.province_code is not null then null
            when by_name.area_key is null and by_neighbour.area_key is not null
                then 'no known area; its neighbour ' || {{ quoted('printed.area_label_alt') }} || ' decides'
            when by_name.area_code is not null or by_name.meaning = 'group'
                then by_name.note
        end as area_remark
    from printed_areas as printed
    left join names as by_name
        on printed.source_id = by_name.source_id
        and printed.area_key = by_name.area_key
    left join names as by_neighbour
        on printed.source_id = by_neighbour.source_id
        and printed.area_key_alt = by_neighbour.area_key
    left join {{ ref('provinces') }} as by_position
        on printed.area_position = by_position.gb2260_position
    left join {{ ref('area_codes') }} as by_digits
        on {{ is_area_in_digits('printed.area_key', 'printed.year_printed', 'by_digits') }}

),

located as (

    select /*+ broadcast(areas) */
        named.source_id,
        named.snapshot_sha256,
        coalesce(named.sheet, '') as sheet,
        coalesce(named.title_key, '') as title_key,
        coalesce(named.indicator_key, '') as indicator_key,
        named.row_number,
        named.year,
        named.area_label,
        named.area_key,
        case when areas.meaning = 'area' then areas.area_code end as other_code,
        case
            when {{ is_whole_province('named.area_key') }} then null
            when areas.meaning = 'city' or (named.is_city_in_row and not areas.is_known_name)
                then coalesce(areas.city_code, named.area_key)
        end as city
    from named
    inner join areas
        on {{ is_area_of('named', 'areas') }}
    where named.kind in ('observation', 'undeclared')

),

-- A table that names more cities than other areas is one of cities: a name that a city shares with a province is the
-- city's, and what is printed for a province may be the sum of the cities listed. Only where all cities are of one
-- province and no other area is named, as in a yearbook of the province, its own row stands for it, under 全省 too.
tables_of_cities as (

    select
        source_id,
        snapshot_sha256,
        sheet,
        title_key,
        indicator_key,
        case
            when count(distinct case when city is null then area_key end) = 1
                and min(substring(city, 1, 2)) = max(substring(city, 1, 2))
                then min(substring(city, 1, 2)) || '0000'
        end as province_code,
        'a table of cities, such as ' || min(case when city is not null then area_label end) || ' (rows '
        || cast(min(row_number) as string) || ' to ' || cast(max(row_number) as string)
        || coalesce(', ' || cast(min(year) as string), '')
        || case when min(year) < max(year) then ' to ' || cast(max(year) as string) else '' end
        || '): kept as printed series, it never stands for a province; land the table by province' as rejection
    from located
    group by source_id, snapshot_sha256, sheet, title_key, indicator_key
    having count(distinct city) > count(distinct other_code)

),

-- What the labels of a table stand for, once a title and label. A title under source * is that table whoever prints it.
-- An alias without a label is what the title itself names, where a heading says nothing but the year. A label of two
-- levels stands for the lower one where the upper one is a name of the same table: 地方一般公共预算支出/科学技术支出.
subjects as (

    select
        labels.source_id,
        labels.title_key,
        labels.indicator_key,
        tables.table_id,
        coalesce(min(itself.indicator_id), min(lower_level.indicator_id)) as indicator_id
    from (
        select distinct
            source_id,
            title_key,
            coalesce(indicator_key, '') as indicator_key
        from named
        where kind = 'observation'
    ) as labels
    inner join {{ ref('table_aliases') }} as tables
        on tables.source_id in ('*', labels.source_id)
        and labels.title_key = coalesce(tables.title_key, '')
    left join {{ ref('indicator_aliases') }} as itself
        on itself.source_id in ('*', labels.source_id)
        and tables.table_id = itself.table_id
        and labels.indicator_key in (itself.label_key, case when itself.label_key is null then labels.title_key end)
    left join {{ ref('indicator_aliases') }} as upper_level
        on upper_level.source_id in ('*', labels.source_id)
        and tables.table_id = upper_level.table_id
        and substring(labels.indicator_key, 1, length(upper_level.label_key) + 1) = upper_level.label_key || '/'
    left join {{ ref('indicator_aliases') }} as lower_level
        on lower_level.source_id in ('*', labels.source_id)
        and tables.table_id = lower_level.table_id
        and substring(labels.indicator_key, length(upper_level.label_key) + 2) = lower_level.label_key
    group by labels.source_id, labels.title_key, labels.indicator_key, tables.table_id

),

keyed as (

    select /*+ broadcast(areas, tables_of_cities, subjects) */
        named.*,
        areas.is_known_name
        or ({{ is_whole_province('named.area_key') }} and tables_of_cities.province_code is not null) as is_known_name,
        areas.is_contradictory,
        areas.area_remark,
        case
            when tables_of_cities.source_id is null then areas.area_code
            when {{ is_whole_province('named.area_key') }} then tables_of_cities.province_code
            else coalesce(areas.city_code, areas.area_code)
        end as area_code,
        case
            when areas.meaning = 'area' and areas.area_code = tables_of_cities.province_code then null
            when {{ is_whole_province('named.area_key') }} and tables_of_cities.province_code is not null then null
            when tables_of_cities.source_id is not null then tables_of_cities.rejection
            when areas.meaning = 'city' or (named.is_city_in_row and not areas.is_known_name)
                then 'the row is of a city: kept as printed series, it never stands for a province'
        end as city_rejection,
        case when named.classification = 'hs_section_12' then {{ hs_chapter('named.category_code') }} end as hs_code,
        case when named.classification = 'io42_manufacturing_17' then named.category_code end as row_label,
        case when named.classification = 'io42_manufacturing_17' then lower(named.category_code) end as row_key,
        lower(named.column_label) as column_key
    from named
    inner join areas
        on {{ is_area_of('named', 'areas') }}
    left join tables_of_cities
        on named.kind in ('observation', 'undeclared')
        and named.source_id = tables_of_cities.source_id
        and named.snapshot_sha256 = tables_of_cities.snapshot_sha256
        and coalesce(named.sheet, '') = tables_of_cities.sheet
        and coalesce(named.title_key, '') = tables_of_cities.title_key
        and coalesce(named.indicator_key, '') = tables_of_cities.indicator_key

),

coded as (

    select
        keyed.*,
        subjects.table_id,
        indicators.indicator_id,
        case
            when keyed.kind in ('observation', 'undeclared') then indicators.unit
            when {{ is_by_printed_code('keyed.classification') }} then 'thousand US dollars'
            else '10 thousand yuan'
        end as standard_unit,
        indicators.lowest,
        indicators.highest,
        hs_chapters.code as chapter,
        coalesce(
            hs_chapters.code, row_sectors.code,
            case when {{ is_by_printed_code('keyed.classification') }} then keyed.category_code end
        ) as concorded_code,
        coalesce(
            hs_chapters.section, row_sectors.category_code,
            case when {{ is_by_printed_code('keyed.classification') }} then keyed.category_code end
        ) as export_category_code,
        coalesce(row_sectors.code, row_items.item_code) as row_code,
        coalesce(column_sectors.code, column_items.item_code) as column_code,
        case
            when keyed.city_rejection is not null then null
            when keyed.kind = 'observation' then indicators.indicator_id
            when keyed.kind = 'flow' then 'input_output_flow'
            else keyed.kind || 's'
        end as corrected_as,
        case
            when keyed.kind = 'flow'
                then coalesce(row_sectors.code, row_items.item_code) || '>'
                    || coalesce(column_sectors.code, column_items.item_code)
            else keyed.category_code
        end as corrected_category
    from keyed
    left join subjects
        on keyed.source_id = subjects.source_id
        and case when keyed.kind = 'observation' then keyed.title_key end = subjects.title_key
        and coalesce(keyed.indicator_key, '') = subjects.indicator_key
    left join {{ ref('indicators') }} as indicators
        on subjects.indicator_id = indicators.indicator_id
    left join {{ ref('hs_chapters') }} as hs_chapters
        on keyed.hs_code = hs_chapters.code
        and {{ is_valid_in('hs_chapters', 'keyed.year') }}
    left join {{ ref('io_sectors') }} as row_sectors
        on keyed.row_label = row_sectors.code
        and {{ is_valid_in('row_sectors', 'keyed.year') }}
    left join {{ ref('io_sectors') }} as column_sectors
        on keyed.column_label = column_sectors.code
        and {{ is_valid_in('column_sectors', 'keyed.year') }}
    left join {{ ref('io_items') }} as row_items
        on keyed.row_key = row_items.label_key
    left join {{ ref('io_items') }} as column_items
        on keyed.column_key = column_items.label_key

),

-- a correction holds for the editions within its bounds ("2018" is any edition of that year)
corrected as (

    select
        coded.*,
        corrections.expected as text_expected,
        corrections.corrected as text_corrected,
        case
            when corrections.expected is null then false
            when {{ trimmed('coded.text') }} = {{ trimmed('corrections.expected') }} then true
            else coalesce({{ are_one_number('coded.text', 'corrections.expected') }}, false)
        end as is_corrected
    from coded
    left join {{ ref('corrections') }} as corrections
        on {{ is_corrected_by('coded', 'corrections') }}

),

plain as (

    select
        *,
        {{ plain_text('case when is_corrected then text_corrected else text end') }} as plain_text
    from corrected

),

measured as (

    select
        plain.*,
        {{ unit_as_printed('plain.plain_text', 'plain.unit_label') }} as unit_label_printed,
        {{ unit_as_printed('plain.plain_text', 'plain.unit_key') }} as unit_key_printed,
        coalesce(plain.number_summed, {{ printed_number('plain.plain_text') }}) as number_printed,
        case when plain.number_summed is null then {{ missing_as_printed('plain.plain_text') }} end as missing_reason
    from plain
    where {{ is_computed_once() }}

),

-- Of the units that a table names together (单位：所、人) that which the value can have. A scale beside them ("US$,
-- billions") belongs to all of them, and no unit is read without it.
printed_units as (

    select
        printed.unit_key,
        units.unit,
        max(units.factor) as factor,
        max(units.currency) as currency
    from (
        select unit_key from cells
        union
        select '%' as unit_key
    ) as printed
    inner join {{ ref('units') }} as units
        on position(
            ',' || units.unit_key || ',' in ',' || replace(replace(printed.unit_key, '、', ','), ';', ',') || ','
        ) > 0
        and (printed.unit_key = units.unit_key or not {{ has_scale_alone('printed.unit_key') }})
    group by printed.unit_key, units.unit
    having count(*) = 1

),

valued as (

    select /*+ broadcast(units) */
        measured.*,
        units.currency,
        units.factor,
        exchange_rates.cny_per_usd,
        {{ in_standard_unit(
            'measured.number_printed', 'units.factor', 'units.currency', 'exchange_rates.cny_per_usd'
        ) }} as value,
        -- by how much the value may have been rounded: half a unit of the last digit printed, short of the point that
        -- it shares with its neighbour (6 and 7 are two numbers)
        (0.4995 * power(10, -{{ decimals_printed('measured.plain_text') }}) + 1e-12 * abs(measured.number_printed))
        * {{ in_standard_unit('1', 'units.factor', 'units.currency', 'exchange_rates.cny_per_usd') }} as rounding
    from measured
    left join printed_units as units
        on measured.unit_key_printed = units.unit_key
        and measured.standard_unit = units.unit
    left join {{ ref('exchange_rates') }} as exchange_rates
        on case when units.currency = 'USD' then measured.year end = exchange_rates.year

),

judged as (

    select
        *,
        case
            when kind = 'undeclared' then null
            when city_rejection is not null then city_rejection
            -- a yearbook prints more than the warehouse uses (catalog.unmapped_label); a declaration means what it says
            when kind = 'observation'
                and indicator_id is null
                and indicators_are_declared
                then 'the declared indicator ' || {{ quoted("coalesce(indicator_label, '')") }}
                    || ' is unknown; write one of catalog.dim_indicator in _edition.yml, or make it one: yearbook map'
            when kind = 'observation' and indicator_id is null
                then null
            when is_contradictory
                then 'the row names two areas, ' || {{ quoted('area_label') }}
                    || ' and ' || {{ quoted('area_label_alt') }}
            when kind = 'observation'
                and area_label is null
                and area_label_alt is null
                and area_position is null
                then 'nothing names the area of ' || {{ quoted('indicator_label') }} || '; state area: in _edition.yml'
            when not is_known_name
                then case when kind = 'observation' then 'row ' else '' end
                    || 'label ' || {{ quoted("coalesce(area_label, '')") }}
                    || ' is no known area; add it to judgement/area_aliases.csv'
            when year is null
                then 'no year could be read from ' || {{ quoted("coalesce(period_printed, '')") }}
                    || case when kind = 'observation' then ': kept as a printed series alone' else '' end
            when missing_reason is null and coalesce(abs(number_printed), 1e18) >= 1e18
                then 'a number was expected but ' || {{ quoted('text') }}
                    || ' is printed; correct it in judgement/corrections.csv or ask the publisher'
            when kind = 'export' and number_printed < 0
                then 'exports cannot be negative, but ' || {{ quoted('text') }} || ' is printed; ask the publisher'
            when kind = 'observation' and unit_label_printed is null
                then 'the unit is unknown; state unit: in _edition.yml'
            when kind = 'observation' and factor is null
                then 'unit ' || {{ quoted('unit_label_printed') }}
                    || ' cannot be turned into ' || {{ quoted('standard_unit') }} || '; add it to judgement/units.csv'
            when kind = 'flow' and (factor is null or currency is not null)
                then 'unit ' || {{ quoted("coalesce(unit_label_printed, '')") }}
                    || ' is no unit of value in yuan; state unit: in _edition.yml'
            when kind <> 'observation' and factor is null
                then 'unit ' || {{ quoted("coalesce(unit_label_printed, '')") }}
                    || ' is no known unit of value; state unit: in _edition.yml'
            when kind in ('export', 'import')
                and concorded_code is null
                and {{ is_number_of_spreadsheet('category_code') }}
                then 'code ' || {{ quoted('category_code') }}
                    || ' is how a spreadsheet shows a long number; land the file as it was downloaded'
            when kind in ('export', 'import') and concorded_code is null
                then 'code ' || {{ quoted("coalesce(category_code, '')") }} || ' did not exist in '
                    || cast(year as string) || '; if it did, add it to seeds/concordances/'
                    || case classification when 'hs_section_12' then 'hs_chapters' else 'io_sectors' end
                    || '.csv'
            when kind = 'flow'
                and row_code is null
                and try_cast(category_code as integer) is not null
                then 'sector ' || {{ quoted('category_code') }} || ' is in no table of ' || cast(year as string)
                    || '; add the table to seeds/concordances/io_sectors.csv'
            when kind = 'flow'
                and column_code is null
                and try_cast(column_label as integer) is not null
                then 'sector ' || {{ quoted('column_label') }} || ' is in no table of ' || cast(year as string)
                    || '; add the table to seeds/concordances/io_sectors.csv'
            when currency is not null and cny_per_usd is null
                then 'the yuan per dollar of ' || cast(year as string)
                    || ' are not known; add them to seeds/exchange_rates.csv'
            when number_printed is not null
                and coalesce(obs_status, 'A') <> 'E'
                and {{ had_not_ended('period_label', 'year', 'published_on') }}
                then 'the period ' || coalesce(period_label, cast(year as string)) || ' had not ended on '
                    || cast(published_on as string)
                    || '; in _edition.yml, mend published_on, or declare obs_status: E for an estimate'
        end as fault
    from valued

),

-- the values of a file beside each other, but for the rows of a customs query, which are parts of a sum
candidates as (

    select
        *,
        coalesce(obs_status, 'A') in ('P', 'E') as is_to_be_revised,
        case
            when fault is null
                and area_code is not null
                and coalesce(classification, '') <> 'hs_section_12'
                and coalesce(indicator_id, corrected_category) is not null
                then value
        end as candidate
    from judged
    where {{ is_computed_once() }}

),

ambiguous as (

    select
        {{ cell_key | join(',\n        ') }},
        count(*) as values_of_cell,
        -- what is preliminary or estimated yields to the firm value beside it
        coalesce(
            max(case when not is_to_be_revised then candidate - rounding end)
            <= min(case when not is_to_be_revised then candidate + rounding end),
            false
        ) as has_firm_value
    from candidates
    where candidate is not null
    group by {{ cell_key | join(', ') }}
    having max(candidate - rounding) > min(candidate + rounding)

),

years_of_zeros as (

    select
        source_id,
        snapshot_sha256,
        series_vintage,
        indicator_id,
        year
    from candidates
    where candidate is not null
        and kind = 'observation'
    group by source_id, snapshot_sha256, series_vintage, indicator_id, year
    having max(abs(candidate)) = 0
        and count(*) >= {{ var('zeros_are_no_observation') }}

),

compared as (

    select /*+ broadcast(ambiguous, years_of_zeros) */
        candidates.*,
        case when not ambiguous.has_firm_value then ambiguous.values_of_cell end as values_of_cell,
        coalesce(ambiguous.has_firm_value, false) and candidates.is_to_be_revised as is_revised_beside,
        years_of_zeros.year is not null as is_of_zeros
    from candidates
    left join ambiguous
        on candidates.candidate is not null
        {% for column in cell_key -%}
        and coalesce(candidates.{{ column }}, '') = coalesce(ambiguous.{{ column }}, '')
        {% endfor -%}
    left join years_of_zeros
        on candidates.candidate is not null
        and candidates.source_id = years_of_zeros.source_id
        and candidates.snapshot_sha256 = years_of_zeros.snapshot_sha256
        and candidates.series_vintage = years_of_zeros.series_vintage
        and candidates.indicator_id = years_of_zeros.indicator_id
        and candidates.year = years_of_zeros.year

),

understood as (

    select
        source_id,
        edition,
        published_on,
        series_vintage,
        snapshot_sha256,
        source_id || '/' || snapshot_sha256 as file_id,
        file_name,
        sheet,
        cell,
        row_number,
        column_number,
        locator,
        cells,
        last_row_number,
        alone,
        kind,
        table_title,
        title_key,
        table_id,
        indicator_label,
        indicator_key,
        indicator_id,
        classification,
        category_code as printed_code,
        category_label as printed_label,
        export_category_code,
        chapter,
        column_label,
        row_code,
        column_code,
        corrected_as,
        corrected_category,
        coalesce(area_label, area_label_alt) as area_label,
        area_key,
        area_code,
        is_known_name,
        city_rejection is not null as is_of_city,
        is_area_in_row,
        area_remark,
        year,
        period,
        period_label,
        text,
        text_expected,
        case when is_corrected then text_corrected end as text_corrected,
        is_corrected,
        unit_label_printed as unit_label,
        unit_key_printed as unit_key,
        standard_unit,
        currency,
        cny_per_usd,
        number_printed,
        factor,
        value,
        rounding,
        coalesce(obs_status, 'A') as obs_status,
        missing_reason,
        values_of_cell is not null as is_ambiguous,
        case
            when is_of_zeros
                then 'all values of ' || indicator_id || ' in ' || cast(year as string)
                    || ' are 0, which is no observation; leave the year out until it is published'
            when values_of_cell is not null
                then 'is one of ' || cast(values_of_cell as string) || ' values of the file for '
                    || {{ quoted("coalesce(area_label, area_label_alt)") }} || ' in ' || period_label
                    || ' that differ; keep one, or land the sum if they are parts'
            when is_revised_beside
                then 'is preliminary or an estimate: the firm value beside it counts'
            when fault is not null
                then fault
            when value < lowest
                then indicator_id || ' cannot be less than ' || {{ in_words('lowest') }} || ' (' || standard_unit
                    || '), but ' || {{ quoted('text') }} || ' (' || unit_label_printed
                    || ') is printed; see whether the column and its unit are right'
            when value > highest
                then indicator_id || ' cannot be more than ' || {{ in_words('highest') }} || ' (' || standard_unit
                    || '), but ' || {{ quoted('text') }} || ' (' || unit_label_printed
                    || ') is printed; see whether the column and its unit are right'
        end as rejection
    from compared

)

select
    *,
    -- what a cell measures, as printed
    coalesce(
        case
            when kind in ('observation', 'undeclared') then indicator_label
            when kind <> 'flow' or row_code is null then printed_label
            else column_label
        end, ''
    ) as subject_label,
    case kind
        when 'observation' then indicator_id is not null
        when 'flow' then rejection is not null or (row_code is not null and column_code is not null)
        else true
    end as is_mapped,
    rejection is null
    and kind <> 'undeclared'
    and area_code is not null
    and (kind <> 'observation' or indicator_id is not null)
    and (kind <> 'flow' or (row_code is not null and column_code is not null)) as is_usable
from understood
-- sums add up in the order of the rows, and that of the parts above is not the same in every build
order by source_id, snapshot_sha256, row_number, column_number, locator
