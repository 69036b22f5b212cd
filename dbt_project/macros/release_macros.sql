{# Table macros of the release: SQL that an analyst calls with arguments. A macro is a dictionary here and a
   Jinja macro with its body below. They name schema.table without a catalog, or they would break in the copy
   that a release is. A macro stands below those that it calls. DuckDB only: another engine makes none. #}

{% macro release_macros() -%}
    {{ return([
        {
            'name': 'marts.observations_as_of',
            'parameters': ['date'],
            'description': 'marts.fct_observation as it was known on a date',
            'example': "from marts.observations_as_of('2019-06-30') where indicator_id = 'gdp'",
            'body': known_on('fct_observation__as_of'),
        },
        {
            'name': 'marts.panel_as_of',
            'parameters': ['date'],
            'description': 'marts.panel__province_year as it was known on a date',
            'example': "from marts.panel_as_of('2021-12-31')",
            'body': known_on('panel__province_year__vintages'),
        },
        {
            'name': 'marts.printed_as_of',
            'parameters': ['date'],
            'description': 'What each source had printed last on a date: of each table, heading, unit, area and period '
                ~ 'the newest publication by then',
            'example': "from marts.printed_as_of('2019-06-30') where indicator_id is null",
            'body': printed_on(),
        },
        {
            'name': 'marts.trace_observation',
            'parameters': ['indicator', 'area', 'year'],
            'description': 'All that a value of marts.fct_observation was made from, down to the printed cells',
            'example': "from marts.trace_observation('gdp', 'Tianjin', 2017)",
            'body': trace_observation(),
        },
        {
            'name': 'marts.trace_digital_trade',
            'parameters': ['province', 'year'],
            'description': 'The digital trade index of a province and year: contribution of each indicator and '
                ~ 'the cells behind it, in every variant',
            'example': "from marts.trace_digital_trade('Guangdong', 2019) where variant = 'entropy'",
            'body': trace_digital_trade(),
        },
        {
            'name': 'marts.trace_expy',
            'parameters': ['province', 'year'],
            'description': 'EXPY of a province and year: share, PRODY and export cells of each category, and the '
                ~ 'cells of the incomes that PRODY is a mean of',
            'example': "from marts.trace_expy('Guangdong', 2017) where variant = 'annual'",
            'body': trace_expy(),
        },
        {
            'name': 'marts.trace_prody',
            'parameters': ['category', 'year'],
            'description': 'PRODY of a category and year: weight, income and export cells of each province',
            'example': "from marts.trace_prody('XVI', 2017)",
            'body': trace_prody(),
        },
        {
            'name': 'marts.trace_income',
            'parameters': ['area', 'year'],
            'description': 'Real income of an area and year: GDP per capita and the chain of consumer price '
                ~ 'indices, down to the printed cells',
            'example': "from marts.trace_income('Guangdong', 2017)",
            'body': trace_income(),
        },
        {
            'name': 'marts.rows_of_sums',
            'parameters': ['release_folder', 'asked_source', 'asked_snapshot', 'asked_locators'],
            'description': 'The rows that sums of marts.printed_cell are of, as printed, each in the columns of that table: '
                ~ 'read from the Parquet files beside the database; a snapshot * is any',
            'example': "from marts.rows_of_sums('releases/current', 'customs', '*', ['N2'])",
            'body': rows_of_sums(),
        },
        {
            'name': 'marts.inputs_of_country_exports',
            'parameters': ['asked_classification', 'asked_category', 'asked_area', 'asked_year'],
            'description': 'The cells that the exports of an economy were summed from, as rows of marts.made_from',
            'example': "from marts.inputs_of_country_exports('hs_4', '8542', '100000', 2019)",
            'body': inputs_of_country_exports(),
        },
        {
            'name': 'marts.inputs_of_country_prody',
            'parameters': ['asked_variant', 'asked_classification', 'asked_category', 'asked_year'],
            'description': 'What a PRODY of economies was made from, as rows of marts.made_from: incomes and exports '
                ~ 'of the exporters, or the annual PRODYs',
            'example': "from marts.inputs_of_country_prody('annual', 'hs_4', '8542', 2019)",
            'body': inputs_of_country_prody(),
        },
        {
            'name': 'marts.inputs_of_country_expy',
            'parameters': ['asked_variant', 'asked_classification', 'asked_area', 'asked_year'],
            'description': 'What an EXPY of an economy was made from, as rows of marts.made_from: PRODY and exports '
                ~ 'of each category',
            'example': "from marts.inputs_of_country_expy('annual', 'hs_4', '100000', 2019)",
            'body': inputs_of_country_expy(),
        },
        {
            'name': 'marts.inputs_of_country_panel',
            'parameters': ['asked_column', 'asked_area', 'asked_year'],
            'description': 'What a column of marts.panel__country_year was made from, as rows of marts.made_from',
            'example': "from marts.inputs_of_country_panel('trade_cost', 'DEU', 2019)",
            'body': inputs_of_country_panel(),
        },
        {
            'name': 'marts.inputs_of_value_chain_partner',
            'parameters': ['asked_measure', 'asked_exporter', 'asked_importer', 'asked_year', 'asked_edition'],
            'description': 'The blocks of an inter-country table that a measure of two economies was computed from',
            'example': "from marts.inputs_of_value_chain_partner('exports', 'DEU', 'FRA', 2019, '2023-12')",
            'body': inputs_of_value_chain_partner(),
        },
        {
            'name': 'marts.inputs_of_trade_cost',
            'parameters': ['asked_scope', 'asked_area', 'asked_partner', 'asked_year', 'asked_edition'],
            'description': 'What two economies sell to each other and at home, of which their cost of trade was computed',
            'example': "from marts.inputs_of_trade_cost('total', 'DEU', 'FRA', 2019, '2023-12')",
            'body': inputs_of_trade_cost(),
        },
        {
            'name': 'marts.inputs_of_partner_panel',
            'parameters': ['asked_column', 'asked_exporter', 'asked_importer', 'asked_year'],
            'description': 'What a column of marts.panel__country_partner_year was made from, as rows of marts.made_from',
            'example': "from marts.inputs_of_partner_panel('sales', 'DEU', 'FRA', 2019)",
            'body': inputs_of_partner_panel(),
        },
        {
            'name': 'marts.trace',
            'parameters': ['number_kind', 'number_key'],
            'description': 'All that a number of any kind was made from, step by step, down to the printed cells; '
                ~ 'or to the blocks of a matrix; kinds and their keys: catalog.number_kind',
            'example': "from marts.trace('digital_trade', 'entropy/440000/2019')",
            'body': trace_any(),
        },
    ]) }}
{%- endmacro %}

{# Every table that a body reads: it has to be there when the macro is made. #}
{% macro release_macro_tables() -%}
    {%- set tables = ['dim_area', 'note', 'made_from', 'printed_series', 'universes', 'expy_variant', 'panel_column', 'dim_measure'] -%}
    {%- for entry in number_kinds() if entry.table.split('.')[1] not in tables -%}
        {%- do tables.append(entry.table.split('.')[1]) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}

{% macro create_release_macros() -%}
    {{ return(adapter.dispatch('create_release_macros')()) }}
{%- endmacro %}

{% macro default__create_release_macros() %}{% endmacro %}

{% macro duckdb__create_release_macros() -%}
    {% for history, table in histories_of_macros().items() %}
    create or replace table {{ history }} as select * from {{ table }} where false;
    {% endfor %}
    {% for macro in release_macros() %}
    create or replace macro {{ macro.name }}({{ macro.parameters | join(', ') }}) as table {{ macro.body }};
    comment on macro table {{ macro.name }} is '{{ macro.description }}';
    {% endfor %}
    {% for history in histories_of_macros() %}
    drop table {{ history }};
    {% endfor %}
{%- endmacro %}

{# The tables of a release that hold every interval of another, of which the release's own holds the current ones. They
   are cut when a release is written; here they stand empty while the macros that read them are made. #}
{% macro histories_of_macros() -%}
    {{ return({
        'marts.fct_observation__as_of': 'marts.fct_observation',
        'marts.panel__province_year__vintages': 'marts.panel__province_year',
    }) }}
{%- endmacro %}

{# The rows that held on a date; none before the first. The argument is called date, which is a word of SQL: in quotes
   it is the argument. #}
{% macro known_on(history) %}
    select history.* exclude (known_from, known_to)
    from marts.{{ history }} as history
    where {{ is_known_on('history', 'cast("date" as date)') }}
{% endmacro %}

{% macro printed_on() %}
    select printed.*
    from marts.printed_series as printed
    where printed.published_on <= cast("date" as date)
        and coalesce(printed.superseded_on, {{ end_of_time() }}) > cast("date" as date)
{% endmacro %}

{# An area by its code or any of its names. #}
{% macro area_named(argument) -%}
    (
        select areas.area_code
        from catalog.dim_area as areas
        where {{ argument }} in (areas.area_code, areas.name_en, areas.name_zh, areas.name_zh_full)
    )
{%- endmacro %}

{# The columns that tell where a printed cell stands and what it says. #}
{% macro printed_cell(cells) -%}
    {% for column in [
        'source_id', 'edition', 'published_on', 'file_name', 'sheet', 'cell', 'locator', 'table_title',
        'area_label', 'text', 'unit_label', 'number_printed', 'factor', 'currency', 'cny_per_usd',
        'snapshot_sha256', 'cells', 'last_row_number'
    ] -%}
    {{ cells }}.{{ column }},
    {% endfor -%}
    notes.note
{%- endmacro %}

{# The observations of a query (their keys), and all the observations that they were made from, step by step. A path
   names role and key of each step. #}
{% macro walked_from(start) -%}
    walked as (

        select
            start.key as start_key,
            cast('' as string) as path,
            0 as depth,
            start.key
        from ({{ start }}) as start

        union all

        select
            walked.start_key,
            concat_ws(' > ', nullif(walked.path, ''), inputs.role || ' ' || inputs.input_key) as path,
            walked.depth + 1 as depth,
            inputs.input_key as key
        from walked
        inner join marts.made_from as inputs
            on inputs.kind = 'observation'
            and inputs.input_kind = 'observation'
            and walked.key = inputs.key

    )
{%- endmacro %}

{# The row of an observation that was walked to, the cell that prints it, and the notes of its sheet. #}
{% macro join_observations_and_cells() -%}
    inner join marts.fct_observation as observations
        on walked.key = {{ number_key('observation', 'observations') }}
    left join marts.printed_cell as cells
        on observations.source_id = cells.source_id
        and observations.snapshot_sha256 = cells.snapshot_sha256
        and observations.locator = cells.locator
    {{ join_notes() }}
{%- endmacro %}

{# The cells that the exports were summed from which a number (kind, key) was made from. #}
{% macro join_export_cells(kind, number) -%}
    left join marts.made_from as of_exports
        on of_exports.kind = '{{ kind }}'
        and of_exports.key = {{ number_key(kind, number) }}
        and of_exports.input_kind = 'exports'
    left join marts.made_from as of_cells
        on of_exports.input_kind = of_cells.kind
        and of_exports.input_key = of_cells.key
    left join marts.printed_cell as cells
        on of_cells.input_key = {{ number_key('cell', 'cells') }}
    {{ join_notes() }}
{%- endmacro %}

{% macro join_notes() -%}
    left join (
        select
            printed.source_id,
            printed.snapshot_sha256,
            printed.sheet,
            string_agg(printed.text, ' ' order by printed.row_number, printed.locator) as note
        from catalog.note as printed
        group by all
    ) as notes
        on cells.source_id = notes.source_id
        and cells.snapshot_sha256 = notes.snapshot_sha256
        and cells.sheet is not distinct from notes.sheet
{%- endmacro %}

{# The columns of an observation that was walked to. #}
{% macro walked_observation() -%}
    walked.path,
    observations.indicator_id as input_indicator_id,
    observations.area_code as input_area_code,
    observations.year as input_year,
    observations.value as input_value,
    observations.obs_status as input_obs_status
{%- endmacro %}

{# The observations that incomes rest on, by themselves or through the price level. #}
{% macro observations_of_incomes() -%}
    select
        inputs.key as income_key,
        inputs.input_key as key
    from marts.made_from as inputs
    where inputs.kind = 'income'
        and inputs.input_kind = 'observation'

    union all

    select
        inputs.key as income_key,
        links.input_key as key
    from marts.made_from as inputs
    inner join marts.made_from as links
        on inputs.input_kind = links.kind
        and inputs.input_key = links.key
    where inputs.kind = 'income'
        and links.input_kind = 'observation'
        and inputs.input_kind <> 'observation'
{%- endmacro %}

{# The kinds whose inputs are too many to be listed and come from a macro, each before those that its inputs are of:
   number_kinds has them the other way round. #}
{% macro kinds_by_macro() -%}
    {{ return(number_kinds() | selectattr('inputs') | reverse | list) }}
{%- endmacro %}

{# What the macro of a kind gives of the numbers of this kind in a relation (depth, kind, key), as rows of
   marts.made_from. #}
{% macro inputs_by_macro(entry, numbers) -%}
    select
        numbers.depth,
        numbers.kind,
        numbers.key,
        row_number() over (
            partition by numbers.key order by inputs.contribution desc nulls last, inputs.role, inputs.input_key
        ) as input_position,
        inputs.*
    from (
        select
            kind,
            key,
            min(depth) as depth
        from {{ numbers }}
        where kind = '{{ entry.kind }}'
        group by kind, key
    ) as numbers
    cross join lateral (
        select * from {{ entry.inputs }}({{ parts_of_key(entry, 'numbers') }})
    ) as inputs
{%- endmacro %}

{# The rows of a relation by way of a list, which DuckDB takes for few: what a walk reaches it takes for so many that it
   would rather put whole tables into memory and look them up there. #}
{% macro few(relation) -%}
    (
        select unnest(listed.numbers, recursive := true)
        from (select list(one) as numbers from {{ relation }} as one) as listed
    )
{%- endmacro %}

{# The key of a number as the arguments of the macro of its kind. #}
{% macro parts_of_key(entry, numbers) -%}
    {%- for column in entry.key -%}
        {%- set part = 'split_part(' ~ numbers ~ ".key, '/', " ~ loop.index ~ ')' -%}
        {{ 'try_cast(' ~ part ~ ' as integer)' if column == 'year' else part }}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# Each number is walked to once, however many others lead to it: one row an input of a number. Macros are asked before
   the walk over what is listed, which leads to none of their kinds: DuckDB now and then loses the rows of a lateral join
   within a recursive query where several threads compute it. #}
{% macro trace_any() %}
    with recursive reached_0 as (

        select
            0 as depth,
            number_kind as kind,
            number_key as key

    ),

    {% for entry in kinds_by_macro() -%}
    inputs_{{ loop.index }} as materialized (

        {{ inputs_by_macro(entry, 'reached_' ~ loop.index0) }}

    ),

    reached_{{ loop.index }} as materialized (

        select * from reached_{{ loop.index0 }}
        union all
        select
            depth + 1 as depth,
            input_kind as kind,
            input_key as key
        from inputs_{{ loop.index }}

    ),

    {% endfor -%}
    reached as (

        select * from reached_{{ kinds_by_macro() | length }}

        union

        select
            numbers.depth + 1 as depth,
            inputs.input_kind as kind,
            inputs.input_key as key
        from {{ few('reached') }} as numbers
        inner join marts.made_from as inputs
            on numbers.kind = inputs.kind
            and numbers.key = inputs.key

    ),

    nearest as (

        select
            reached.kind,
            reached.key,
            min(reached.depth) as depth
        from reached
        group by reached.kind, reached.key

    ),

    inputs as (

        select
            numbers.depth,
            inputs.*
        from {{ few('nearest') }} as numbers
        inner join marts.made_from as inputs
            on numbers.kind = inputs.kind
            and numbers.key = inputs.key
        {%- for entry in kinds_by_macro() %}
        union all by name
        select * from inputs_{{ loop.index }}
        {%- endfor %}

    ),

    wanted as (

        select distinct
            inputs.input_kind as kind,
            inputs.input_key as key
        from inputs

    ),

    numbers as (

        select numbers.*
        from (
            {{ numbers(of_release=true) }}
        ) as numbers
        inner join {{ few('wanted') }} as wanted
            on numbers.kind = wanted.kind
            and numbers.key = wanted.key

    ),

    places as (

        select
            'cell' as kind,
            {{ number_key('cell', 'cells') }} as key,
            cells.*
        from marts.printed_cell as cells

        union all by name

        select
            'inter_country_block' as kind,
            {{ number_key('inter_country_block', 'blocks') }} as key,
            blocks.source_id,
            blocks.edition,
            blocks.published_on,
            blocks.file_name,
            blocks.table_name as sheet,
            concat_ws(' ', 'rows', blocks.row_block, 'columns', blocks.column_block, 'and', blocks.final_block) as locator,
            blocks.snapshot_sha256
        from catalog.inter_country_block as blocks

    )

    select
        inputs.depth + 1 as depth,
        inputs.kind,
        inputs.key,
        inputs.input_position,
        inputs.role,
        inputs.input_kind,
        inputs.input_key,
        inputs.weight,
        inputs.contribution,
        numbers.value as input_value,
        numbers.unit as input_unit,
        {{ printed_cell('cells') }}
    from inputs
    left join numbers
        on inputs.input_kind = numbers.kind
        and inputs.input_key = numbers.key
    left join (
        select places.*
        from places
        inner join {{ few('wanted') }} as wanted
            on places.kind = wanted.kind
            and places.key = wanted.key
    ) as cells
        on inputs.input_kind = cells.kind
        and inputs.input_key = cells.key
    {{ join_notes() }}
    order by inputs.depth, inputs.kind, inputs.key, inputs.input_position
{% endmacro %}

{% macro trace_observation() %}
    with recursive {{ walked_from(
        "select concat_ws('/', indicator, areas.area_code, year) as key
            from catalog.dim_area as areas where areas.area_code in " ~ area_named('area')
    ) }}

    select
        walked.path,
        walked.depth,
        observations.indicator_id,
        observations.area_code,
        observations.year,
        observations.value,
        observations.unit,
        observations.obs_status,
        observations.missing_reason,
        {{ printed_cell('cells') }}
    from walked
    {{ join_observations_and_cells() }}
    order by walked.path
{% endmacro %}

{% macro trace_digital_trade() %}
    with recursive indices as (

        select
            indices.*,
            parts.indicator_id,
            parts.value,
            parts.normalised_value,
            parts.weight,
            parts.contribution,
            inputs.input_key as observation_key
        from marts.idx_digital_trade__province_year as indices
        left join marts.idx_digital_trade__contributions as parts
            on indices.variant = parts.variant
            and indices.province_code = parts.province_code
            and indices.year = parts.year
        left join marts.made_from as inputs
            on inputs.kind = 'contribution'
            and inputs.key = {{ number_key('contribution', 'parts') }}
            and inputs.input_kind = 'observation'
        where indices.province_code in {{ area_named('province') }}
            and indices.year = year

    ),

    {{ walked_from(
        "select distinct indices.observation_key as key from indices where indices.observation_key is not null"
    ) }}

    select
        indices.variant,
        indices.digital_trade_index,
        indices.reason,
        indices.indicator_id,
        indices.value,
        indices.normalised_value,
        indices.weight,
        indices.contribution,
        {{ walked_observation() }},
        {{ printed_cell('cells') }}
    from indices
    left join (walked {{ join_observations_and_cells() }})
        on indices.observation_key = walked.start_key
    order by indices.variant, indices.indicator_id, walked.path
{% endmacro %}

{% macro trace_income() %}
    with recursive incomes as (

        select incomes.*
        from marts.fct_income__area_year as incomes
        where incomes.area_code in {{ area_named('area') }}
            and incomes.year = year

    ),

    starts as (

        select
            inputs.*,
            incomes.income_yuan,
            incomes.price_level
        from incomes
        inner join ({{ observations_of_incomes() }}) as inputs
            on inputs.income_key = {{ number_key('income', 'incomes') }}

    ),

    {{ walked_from("select starts.key from starts") }}

    select
        starts.income_yuan,
        starts.price_level,
        split_part(starts.key, '/', 1) as indicator_id,
        cast(split_part(starts.key, '/', 3) as integer) as indicator_year,
        {{ walked_observation() }},
        {{ printed_cell('cells') }}
    from starts
    inner join walked on starts.key = walked.start_key
    {{ join_observations_and_cells() }}
    order by indicator_id desc, indicator_year, walked.path
{% endmacro %}

{% macro trace_prody() %}
    select
        parts.classification,
        parts.category_code,
        parts.province_code,
        parts.share,
        parts.weight,
        parts.income_yuan,
        parts.contribution_yuan,
        cells.printed_code,
        cells.printed_label,
        cells.period_label,
        cells.value as export_value_cny_10k,
        {{ printed_cell('cells') }}
    from marts.idx_prody__contributions as parts
    {{ join_export_cells('exporter', 'parts') }}
    where parts.category_code = category
        and parts.year = year
    order by parts.classification, parts.province_code, cells.locator
{% endmacro %}

{# The rows of a sum have its area and period and a code like its own, and are ordinary numbers. What is none, or is a row
   with a code that a correction is about, stands alone (stg_trade_sheet_sums): in marts.printed_cell, unless it was
   corrected to what is no number either. #}
{% macro rows_of_sums() %}
    with rows_printed as (

        select
            rows_beside.*,
            {{ cell_address('rows_beside.sheet', 'rows_beside.cell_column || rows_beside.row_number') }} as locator
        from read_parquet(
            release_folder || '/parquet/raw/trade_rows/' || asked_source || '/*/snapshot_sha256=' || asked_snapshot
            || '/rows.parquet'
        ) as rows_beside
        where rows_beside.flow = 'export'

    )

    select
        sums.* replace (
            rows_printed.locator as locator,
            {{ in_standard_unit('rows_printed.number', 'sums.factor', 'sums.currency', 'sums.cny_per_usd') }}
                as value,
            rows_printed.category_code as printed_code,
            rows_printed.category_label as printed_label,
            rows_printed.cell_column || rows_printed.row_number as cell,
            rows_printed.row_number as row_number,
            rows_printed.column_number as column_number,
            rows_printed.text as text,
            rows_printed.number as number_printed,
            1 as cells,
            cast(null as integer) as last_row_number
        ),
        sums.locator as locator_of_sum,
        rows_printed.partner_label,
        rows_printed.trade_mode_label
    from marts.printed_cell as sums
    inner join rows_printed as first_rows
        on sums.snapshot_sha256 = first_rows.snapshot_sha256
        and sums.locator = first_rows.locator
    inner join rows_printed
        on first_rows.sheet_id = rows_printed.sheet_id
        and first_rows.period_label = rows_printed.period_label
        and first_rows.area_label = rows_printed.area_label
        and {{ is_code_like('rows_printed.category_code', 'sums.printed_code') }}
        and rows_printed.row_number between sums.row_number and sums.last_row_number
    left join (
        select
            snapshot_sha256,
            locator
        from marts.printed_cell
        where source_id = asked_source
            and last_row_number is null
        union
        select
            snapshot_sha256,
            locator
        from catalog.correction
    ) as alone
        on rows_printed.snapshot_sha256 = alone.snapshot_sha256
        and rows_printed.locator = alone.locator
    where sums.source_id = asked_source
        and sums.locator in (select unnest(asked_locators))
        and sums.last_row_number is not null
        and rows_printed.number < 1e15
        and alone.locator is null
    order by sums.snapshot_sha256, sums.row_number, value desc, rows_printed.row_number
{% endmacro %}

{% macro inputs_of_country_exports() %}
    {{ input_row("'cell'", 'cell', number_key('cell', 'cells'), 'cast(1 as double)', 'cells.value') }}
    from marts.fct_export__country_category_year as exports
    inner join marts.printed_cell as cells
        on exports.source_id = cells.source_id
        and exports.snapshot_sha256 = cells.snapshot_sha256
        and exports.classification = cells.classification
        and exports.category_code = cells.category_code
        and exports.area_code = cells.area_code
        and exports.year = cells.year
    where exports.classification = asked_classification
        and exports.category_code = asked_category
        and exports.area_code = asked_area
        and exports.year = asked_year
    order by cells.locator
{% endmacro %}

{% macro inputs_of_country_prody() %}
    with exporters as (

        select
            exports.*,
            incomes.value as income,
            {{ number_key('observation', 'incomes') }} as income_key
        from marts.fct_export__country_category_year as exports
        inner join marts.fct_observation as incomes
            on exports.area_code = incomes.area_code
            and exports.year = incomes.year
        where exports.classification = asked_classification
            and exports.category_code = asked_category
            and exports.year = asked_year
            and exports.export_share > 0
            and incomes.value is not null
            and asked_variant <> 'fixed_prody'
            and incomes.indicator_id = (
                select coalesce(variants.income_indicator_id, universes.income_indicator_id)
                from catalog.universe as universes
                inner join catalog.expy_variant as variants
                    on variants.variant = asked_variant
                where universes.universe = 'country'
            )

    ),

    weighted as (

        select
            exporters.*,
            {{ weight_of_exporter('exporters.export_share', ['exporters.category_code']) }} as weight
        from exporters

    )

    {{ input_row(
        "'exporter'", 'observation', 'weighted.income_key', 'weighted.weight', 'weighted.weight * weighted.income'
    ) }}
    from weighted

    union all

    {{ input_row("'weight'", 'country_exports', number_key('country_exports', 'weighted')) }}
    from weighted

    union all

    {{ input_row(
        "'year'", 'country_prody', number_key('country_prody', 'annual'), 'cast(1 as double) / count(*) over ()',
        'annual.prody_usd / count(*) over ()'
    ) }}
    from marts.idx_prody_world__category_year as annual
    inner join catalog.universe as universes
        on annual.year between universes.sample_start and universes.sample_end
        and universes.universe = 'country'
    where annual.variant = 'annual'
        and annual.classification = asked_classification
        and annual.category_code = asked_category
        and annual.prody_usd is not null
        and asked_variant = 'fixed_prody'
    order by contribution desc nulls last, input_kind, input_key
{% endmacro %}

{# Without the own row (leave_one_out) the PRODY of all stands for that of the others, without a weight. #}
{% macro inputs_of_country_expy() %}
    with categories as (

        select
            exports.*,
            prody.variant,
            prody.prody_usd,
            case when asked_variant <> 'leave_one_out' then exports.export_share end as weight
        from marts.fct_export__country_category_year as exports
        inner join marts.idx_prody_world__category_year as prody
            on exports.classification = prody.classification
            and exports.category_code = prody.category_code
            and exports.year = prody.year
            and prody.variant = case asked_variant when 'leave_one_out' then 'annual' else asked_variant end
        where exports.classification = asked_classification
            and exports.area_code = asked_area
            and exports.year = asked_year
            and exports.export_share > 0

    ),

    inputs as (

        {{ input_row(
            "'category'", 'country_prody', number_key('country_prody', 'categories'), 'categories.weight',
            'categories.weight * categories.prody_usd'
        ) }},
            categories.export_share * categories.prody_usd as place
        from categories

        union all

        {{ input_row("'share'", 'country_exports', number_key('country_exports', 'categories')) }},
            categories.export_share * categories.prody_usd as place
        from categories

    )

    select inputs.* exclude (place)
    from inputs
    order by inputs.place desc nulls last, inputs.input_key, inputs.role
{% endmacro %}

{# The incomes are found step by step from EXPY down; what is left out of one of its numbers does not count. #}
{% macro trace_expy() %}
    with recursive indices as (

        select
            indices.*,
            {{ number_key('expy', 'indices') }} as expy_key
        from marts.idx_expy__province_year as indices
        where indices.province_code in {{ area_named('province') }}
            and indices.year = year

    ),

    reached as (

        select
            indices.expy_key,
            'expy' as kind,
            indices.expy_key as key,
            false as is_left_out
        from indices
        where indices.expy_yuan is not null

        union

        select
            reached.expy_key,
            inputs.input_kind as kind,
            inputs.input_key as key,
            reached.is_left_out or inputs.role = 'left out' as is_left_out
        from reached
        inner join marts.made_from as inputs
            on reached.kind = inputs.kind
            and reached.key = inputs.key
        where inputs.input_kind not in ('exports', 'observation')

    ),

    incomes as (

        select
            reached.expy_key,
            reached.key as income_key
        from reached
        where reached.kind = 'income'
        group by reached.expy_key, reached.key
        having not bool_or(reached.is_left_out)

    ),

    starts as (

        select
            incomes.expy_key,
            inputs.*
        from incomes
        inner join ({{ observations_of_incomes() }}) as inputs
            on incomes.income_key = inputs.income_key

    ),

    {{ walked_from("select distinct starts.key from starts") }}

    select
        indices.variant,
        indices.classification,
        indices.expy_yuan,
        indices.reason,
        'export' as part,
        parts.category_code,
        parts.share,
        parts.prody_yuan,
        parts.contribution_yuan,
        indices.province_code as area_code,
        cast(null as double) as income_yuan,
        cast(null as string) as indicator_id,
        cells.value,
        cells.printed_code as path,
        {{ printed_cell('cells') }}
    from indices
    left join marts.idx_expy__contributions as parts
        on indices.variant = parts.variant
        and indices.classification = parts.classification
        and indices.province_code = parts.province_code
        and indices.year = parts.year
    {{ join_export_cells('category', 'parts') }}

    union all

    select
        indices.variant,
        indices.classification,
        indices.expy_yuan,
        indices.reason,
        'income' as part,
        cast(null as string) as category_code,
        cast(null as double) as share,
        cast(null as double) as prody_yuan,
        cast(null as double) as contribution_yuan,
        incomes.area_code,
        incomes.income_yuan,
        split_part(starts.key, '/', 1) as indicator_id,
        observations.value,
        concat_ws(' > ', starts.key, nullif(walked.path, '')) as path,
        {{ printed_cell('cells') }}
    from indices
    inner join starts on indices.expy_key = starts.expy_key
    inner join marts.fct_income__area_year as incomes
        on starts.income_key = {{ number_key('income', 'incomes') }}
    inner join walked on starts.key = walked.start_key
    {{ join_observations_and_cells() }}
{% endmacro %}
