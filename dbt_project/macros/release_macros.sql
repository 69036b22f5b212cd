{# Table macros of the release: SQL that an analyst calls with arguments. A macro is a dictionary here and a
   Jinja macro with its body below. They name schema.table without a catalog, or they would break in the copy
   that a release is. DuckDB only: another engine makes none. #}

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
            'example': "from marts.trace_prody('20', 2017)",
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
    ]) }}
{%- endmacro %}

{# Every table that a body reads: it has to be there when the macro is made. #}
{% macro release_macro_tables() -%}
    {{ return([
        'dim_area', 'dim_indicator', 'note', 'observation_lineage', 'observation_cell', 'export_cell',
        'fct_income__area_year', 'idx_prody__contributions', 'idx_expy__contributions',
        'fct_observation', 'panel__province_year', 'idx_expy__province_year', 'idx_digital_trade__contributions', 'idx_digital_trade__province_year'
    ]) }}
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
        'snapshot_sha256'
    ] -%}
    {{ cells }}.{{ column }},
    {% endfor -%}
    notes.note
{%- endmacro %}

{# The cell of a lineage's row, and the notes that stand on its sheet. #}
{% macro join_cells() -%}
    left join marts.observation_cell as cells
        on lineage.input_indicator_id = cells.indicator_id
        and lineage.input_area_code = cells.area_code
        and lineage.input_year = cells.year
        and lineage.source_id = cells.source_id
        and lineage.snapshot_sha256 = cells.snapshot_sha256
        and lineage.locator = cells.locator
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

{% macro trace_observation() %}
    select
        lineage.path,
        lineage.depth,
        lineage.input_indicator_id as indicator_id,
        lineage.input_area_code as area_code,
        lineage.input_year as year,
        lineage.input_value as value,
        indicators.unit,
        lineage.input_obs_status as obs_status,
        lineage.input_missing_reason as missing_reason,
        {{ printed_cell('cells') }}
    from marts.observation_lineage as lineage
    left join catalog.dim_indicator as indicators on lineage.input_indicator_id = indicators.indicator_id
    {{ join_cells() }}
    where lineage.indicator_id = indicator
        and lineage.area_code in {{ area_named('area') }}
        and lineage.year = year
    order by lineage.path
{% endmacro %}

{% macro trace_digital_trade() %}
    select
        indices.variant,
        indices.digital_trade_index,
        indices.reason,
        parts.indicator_id,
        parts.value,
        parts.normalised_value,
        parts.weight,
        parts.contribution,
        lineage.path,
        lineage.input_indicator_id,
        lineage.input_area_code,
        lineage.input_year,
        lineage.input_value,
        lineage.input_obs_status,
        {{ printed_cell('cells') }}
    from marts.idx_digital_trade__province_year as indices
    left join marts.idx_digital_trade__contributions as parts
        on indices.variant = parts.variant
        and indices.province_code = parts.province_code
        and indices.year = parts.year
    left join marts.observation_lineage as lineage
        on parts.indicator_id = lineage.indicator_id
        and parts.province_code = lineage.area_code
        and parts.year = lineage.year
    {{ join_cells() }}
    where indices.province_code in {{ area_named('province') }}
        and indices.year = year
    order by indices.variant, parts.indicator_id, lineage.path
{% endmacro %}

{% macro trace_income() %}
    select
        incomes.income_yuan,
        incomes.price_level,
        lineage.indicator_id,
        lineage.year as indicator_year,
        lineage.path,
        lineage.input_indicator_id,
        lineage.input_area_code,
        lineage.input_year,
        lineage.input_value,
        lineage.input_obs_status,
        {{ printed_cell('cells') }}
    from marts.fct_income__area_year as incomes
    inner join marts.observation_lineage as lineage
        on incomes.area_code = lineage.area_code
        and (
            (lineage.indicator_id = 'gdp_per_capita' and lineage.year = incomes.year)
            or (
                lineage.indicator_id = 'cpi'
                and lineage.year > least(incomes.year, incomes.price_base_year)
                and lineage.year <= greatest(incomes.year, incomes.price_base_year)
            )
        )
    {{ join_cells() }}
    where incomes.area_code in {{ area_named('area') }}
        and incomes.year = year
    order by lineage.indicator_id desc, lineage.year, lineage.path
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
        cells.export_value_cny_10k,
        {{ printed_cell('cells') }}
    from marts.idx_prody__contributions as parts
    left join marts.export_cell as cells
        on parts.classification = cells.classification
        and parts.category_code = cells.category_code
        and parts.province_code = cells.province_code
        and parts.year = cells.year
    {{ join_notes() }}
    where parts.category_code = category
        and parts.year = year
    order by parts.classification, parts.province_code, cells.locator
{% endmacro %}

{% macro trace_expy() %}
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
        cast(null as varchar) as indicator_id,
        cells.export_value_cny_10k as value,
        cast(cells.printed_code as varchar) as path,
        {{ printed_cell('cells') }}
    from marts.idx_expy__province_year as indices
    left join marts.idx_expy__contributions as parts
        on indices.variant = parts.variant
        and indices.classification = parts.classification
        and indices.province_code = parts.province_code
        and indices.year = parts.year
    left join marts.export_cell as cells
        on parts.classification = cells.classification
        and parts.category_code = cells.category_code
        and parts.province_code = cells.province_code
        and parts.year = cells.year
    {{ join_notes() }}
    where indices.province_code in {{ area_named('province') }}
        and indices.year = year

    union all

    select
        indices.variant,
        indices.classification,
        indices.expy_yuan,
        indices.reason,
        'income' as part,
        cast(null as varchar) as category_code,
        cast(null as double) as share,
        cast(null as double) as prody_yuan,
        cast(null as double) as contribution_yuan,
        incomes.area_code,
        incomes.income_yuan,
        lineage.indicator_id,
        lineage.input_value as value,
        concat_ws(' > ', lineage.indicator_id || ' ' || lineage.year, nullif(lineage.path, '')) as path,
        {{ printed_cell('cells') }}
    from marts.idx_expy__province_year as indices
    inner join (
        select distinct
            exporters.classification,
            exporters.year,
            exporters.province_code
        from marts.idx_prody__contributions as exporters
        where exporters.weight > 0
    ) as exporters
        on indices.classification = exporters.classification
        and indices.year = exporters.year
    inner join marts.fct_income__area_year as incomes
        on exporters.province_code = incomes.area_code
        and exporters.year = incomes.year
    inner join marts.observation_lineage as lineage
        on incomes.area_code = lineage.area_code
        and (
            (lineage.indicator_id = 'gdp_per_capita' and lineage.year = incomes.year)
            or (
                lineage.indicator_id = 'cpi'
                and lineage.year > least(incomes.year, incomes.price_base_year)
                and lineage.year <= greatest(incomes.year, incomes.price_base_year)
            )
        )
    {{ join_cells() }}
    where indices.province_code in {{ area_named('province') }}
        and indices.year = year
        and indices.expy_yuan is not null
        and not (indices.variant = 'leave_one_out' and incomes.area_code = indices.province_code)
{% endmacro %}
