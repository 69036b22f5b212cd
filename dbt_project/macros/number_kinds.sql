{# The kinds of numbers that are made from others: where the rows of a kind stand, which columns are its key (the
   text of a key is their values, set apart by /), which column is its value, and how a number of it is put into
   words. A kind is one entry here and its inputs in marts.made_from; a new variant is neither.

   title, statement (said after the number), product (said instead, where it is weighted) and absent (said where it
   has no row) may name any column of the row in braces, and {area}, {category}, {where_to_get}, {formula} (words
   for a code), {inputs} and, in a product, {weight}. unit: a text, or the column that says it.
   universe: of a table of several, the rows that are of this kind. levels_shown: how many levels a tree shows below
   such a number without being asked for more; inputs_shown: how many inputs at most; without them all. has_history:
   its table in the build holds what was known at any time. columns: where the first part of the key names the column
   of the number (value: none), the query that says what each column is: its name, unit, formula and reference.
   inputs: the macro of a release (macros/release_macros.sql) that gives the inputs of one number, its key as
   arguments, where so many numbers have so many inputs that marts.made_from has none of them. one_input_a_step: a
   number of it has one input at each of the steps 1, 2, …, which are then the positions in marts.made_from. #}
{% macro number_kinds() -%}
    {%- set normalised = '(x - minimum) / (maximum - minimum) over the sample, mirrored where the direction is -1' -%}
    {%- set weighted = 'weight {weight} × normalised {normalised_value}' -%}
    {%- set weighted_sum = 'sum of weight * normalised value' -%}
    {%- set measures = "select measure, unit, formula, concat_ws(', ', author || coalesce(' (' || year || ')', ''), 'equation ' || "
        ~ "equation) as reference from catalog.dim_measure" -%}
    {{ return([
        {
            'kind': 'cell', 'table': 'marts.printed_cell',
            'key': ['source_id', 'snapshot_sha256', 'locator'], 'value': 'value',
            'title': '{locator} of {source_id}/{edition}/{file_name}',
            'formula': 'number printed * factor to the standard unit * exchange rate of a foreign currency',
        },
        {
            'kind': 'observation', 'table': 'marts.fct_observation', 'has_history': true,
            'key': ['indicator_id', 'area_code', 'year'], 'value': 'value', 'unit': '{unit}',
            'reason': 'missing_reason',
            'title': '{indicator_id}, {area} {year}',
            'absent': 'no file has it; where to get it: {where_to_get}',
            'formula': 'as printed; interpolated on a line between its neighbours; numerator / denominator; or a proxy',
        },
        {
            'kind': 'exports', 'table': 'marts.fct_export__province_category_year',
            'key': ['classification', 'category_code', 'province_code', 'year'], 'value': 'export_value_cny_10k',
            'unit': '× 10,000 yuan',
            'title': 'exports of {category_code}, {area} {year}',
            'statement': ', the sum of {inputs}', 'inputs_shown': 10,
            'formula': 'sum of its cells',
        },
        {
            'kind': 'price_level', 'table': 'marts.fct_income__area_year',
            'key': ['area_code', 'year'], 'value': 'price_level',
            'title': 'price level, {area} {year}',
            'statement': ' ({price_base_year} = 1), a chain of {inputs}',
            'absent': 'a link of the chain of consumer price indices is not known',
            'formula': 'P(base) = 1, P(t) = P(t-1) * CPI(t) / 100',
        },
        {
            'kind': 'income', 'table': 'marts.fct_income__area_year', 'one_input_a_step': true,
            'key': ['area_code', 'year'], 'value': 'income_yuan', 'unit': 'yuan',
            'title': 'income, {area} {year}',
            'statement': ' of {price_base_year}: GDP per capita {gdp_per_capita_yuan} / price level {price_level}',
            'absent': 'GDP per capita or a link of the chain of consumer price indices is not known',
            'formula': 'GDP per capita / price level',
        },
        {
            'kind': 'exporter', 'table': 'marts.idx_prody__contributions', 'one_input_a_step': true,
            'key': ['classification', 'category_code', 'year', 'province_code'], 'value': 'income_yuan',
            'unit': 'yuan', 'product': 'weight {weight} × income {income_yuan}',
            'title': '{area}',
            'statement': ' of income, weight {weight}',
            'formula': 'its income counts with its share of exports over the sum of such shares',
        },
        {
            'kind': 'prody', 'table': 'marts.idx_prody__category_year', 'has_history': true,
            'key': ['variant', 'classification', 'category_code', 'year'], 'value': 'prody_yuan',
            'unit': 'yuan', 'default_variant': 'annual', 'levels_shown': 1,
            'product': 'weight {weight} × {prody_yuan}',
            'title': 'PRODY of {category_code}, {variant}, {year}',
            'statement': ', weighted over {inputs}',
            'formula': 'PRODY(j) = sum over i of s(i, j) * Y(i) / sum over i of s(i, j)',
            'reference': 'Hausmann, Hwang and Rodrik (2007); domestic content: Yao and Zhang (2008)',
        },
        {
            'kind': 'category', 'table': 'marts.idx_expy__contributions', 'one_input_a_step': true,
            'key': ['variant', 'classification', 'province_code', 'year', 'category_code'], 'value': 'prody_yuan',
            'unit': 'yuan', 'product': 'share {weight} × PRODY {prody_yuan}',
            'title': '{category_code} {category}',
            'formula': 'its PRODY counts with its share of exports; what is left out is taken out of the mean: '
                ~ '(PRODY - weight * income) / (1 - weight)',
        },
        {
            'kind': 'expy', 'table': 'marts.idx_expy__province_year', 'has_history': true,
            'key': ['variant', 'classification', 'province_code', 'year'], 'value': 'expy_yuan',
            'unit': 'yuan', 'reason': 'reason', 'default_variant': 'annual', 'levels_shown': 2,
            'title': 'EXPY, {variant}, {area} {year}',
            'statement': ' (log {expy_log}), weighted over {inputs} of {classification}',
            'absent': 'no file has exports by category of this year',
            'formula': 'EXPY(i) = sum over j of s(i, j) * PRODY(j)',
            'reference': 'Hausmann, Hwang and Rodrik (2007)',
        },
        {
            'kind': 'index_entropy', 'table': 'marts.idx_digital_trade__weights', 'has_history': true,
            'key': ['universe', 'variant', 'indicator_id'], 'value': 'entropy', 'default_variant': 'entropy',
            'levels_shown': 0, 'inputs_shown': 10,
            'title': 'entropy of {indicator_id}, {variant}',
            'statement': ', from {minimum} to {maximum} over {observations} {universe}-years',
            'formula': 'e = -sum p ln p / ln n, p the share of an area-year in the sum of normalised values',
            'reference': 'Shannon (1948)',
        },
        {
            'kind': 'index_weight', 'table': 'marts.idx_digital_trade__weights', 'has_history': true,
            'key': ['universe', 'variant', 'indicator_id'], 'value': 'weight', 'reason': 'reason',
            'default_variant': 'entropy', 'levels_shown': 0,
            'title': 'weight of {indicator_id}, {variant}',
            'statement': '; from {minimum} to {maximum} over {observations} {universe}-years',
            'formula': 'w = (1 - e) / sum (1 - e) over the indicators of the variant; equal weights; or squared '
                ~ 'loadings of the first principal component',
            'reference': 'Shannon (1948); Nicoletti, Scarpetta and Boylaud (2000)',
        },
        {
            'kind': 'contribution', 'table': 'marts.idx_digital_trade__contributions', 'universe': 'province',
            'key': ['variant', 'province_code', 'year', 'indicator_id'], 'value': 'normalised_value',
            'product': weighted, 'one_input_a_step': true,
            'title': '{indicator_id}',
            'formula': normalised,
        },
        {
            'kind': 'digital_trade', 'table': 'marts.idx_digital_trade__province_year', 'has_history': true,
            'key': ['variant', 'province_code', 'year'], 'value': 'digital_trade_index', 'reason': 'reason',
            'default_variant': 'entropy',
            'title': 'digital trade index, {variant}, {area} {year}',
            'statement': ', the sum of {inputs}',
            'formula': weighted_sum,
        },
        {
            'kind': 'country_contribution', 'table': 'marts.idx_digital_trade__contributions', 'universe': 'country',
            'key': ['variant', 'area_code', 'year', 'indicator_id'], 'value': 'normalised_value',
            'product': weighted, 'one_input_a_step': true,
            'title': '{indicator_id}',
            'formula': normalised,
        },
        {
            'kind': 'country_digital_trade', 'table': 'marts.idx_digital_trade__country_year', 'has_history': true,
            'key': ['variant', 'area_code', 'year'], 'value': 'digital_trade_index', 'reason': 'reason',
            'default_variant': 'entropy',
            'title': 'digital trade index of economies, {variant}, {area} {year}',
            'statement': ', the sum of {inputs}',
            'formula': weighted_sum,
            'reference': 'Feng and Duan (2022)',
        },
        {
            'kind': 'country_exports', 'table': 'marts.fct_export__country_category_year',
            'key': ['classification', 'category_code', 'area_code', 'year'], 'value': 'export_value_usd_k',
            'inputs': 'marts.inputs_of_country_exports', 'unit': 'thousand USD',
            'title': 'exports of {category_code}, {area} {year}',
            'statement': ', the sum of {inputs}', 'inputs_shown': 10,
            'formula': 'sum of its cells',
        },
        {
            'kind': 'country_prody', 'table': 'marts.idx_prody_world__category_year', 'has_history': true,
            'key': ['variant', 'classification', 'category_code', 'year'], 'value': 'prody_usd',
            'inputs': 'marts.inputs_of_country_prody', 'unit': 'dollars', 'default_variant': 'annual',
            'levels_shown': 1, 'inputs_shown': 10, 'product': 'share {weight} × PRODY {prody_usd}',
            'title': 'PRODY of economies of {category_code}, {variant}, {year}',
            'formula': 'PRODY(j) = sum over i of s(i, j) * Y(i) / sum over i of s(i, j)',
            'reference': 'Hausmann, Hwang and Rodrik (2007)',
        },
        {
            'kind': 'country_expy', 'table': 'marts.idx_expy__country_year', 'has_history': true,
            'key': ['variant', 'classification', 'area_code', 'year'], 'value': 'expy_usd',
            'inputs': 'marts.inputs_of_country_expy', 'unit': 'dollars', 'reason': 'reason',
            'default_variant': 'annual', 'levels_shown': 2, 'inputs_shown': 10,
            'title': 'EXPY of economies, {variant}, {area} {year}',
            'statement': ' (log {expy_log}), weighted over the categories of {classification}',
            'absent': 'no file has exports by category of this year',
            'formula': 'EXPY(i) = sum over j of s(i, j) * PRODY(j)',
            'reference': 'Hausmann, Hwang and Rodrik (2007)',
        },
        {
            'kind': 'panel', 'table': 'marts.panel__province_year', 'has_history': true,
            'key': ['column_name', 'province_code', 'year'], 'value': none,
            'columns': "select column_name, cast(null as string) as unit, formula, cast(null as string) as reference "
                ~ "from catalog.panel_column where universe = 'province' and input_position = 1",
            'title': '{column_name}, {area} {year}',
            'statement': ', computed as {formula}',
            'formula': 'as catalog.panel_column says',
        },
        {
            'kind': 'inter_country_block', 'table': 'catalog.inter_country_block',
            'key': ['area_code', 'year', 'table_edition'], 'value': 'industries', 'unit': 'industries',
            'title': 'the block of {area} in {table_name}',
            'statement': ' in rows {row_block}, columns {column_block} and, of final demand, {final_block} '
                ~ 'of {source_id}/{edition}/{file_name}, which prints {printed_output} {counted_in} as what they sell',
            'formula': 'the rows and columns of its industries, and the columns of its final demand',
        },
        {
            'kind': 'value_added_origin', 'table': 'marts.idx_value_chain__origin_year', 'one_input_a_step': true,
            'key': ['source_code', 'exporter_code', 'year', 'table_edition'], 'value': 'value_added',
            'unit': 'million USD',
            'title': 'value added of {source} in the exports of {exporter}, {year}',
            'formula': 'v_t B_ts e_s',
            'reference': 'OECD, Trade in Value Added indicators (2023)',
        },
        {
            'kind': 'value_chain', 'table': 'marts.idx_value_chain__country_year',
            'key': ['measure', 'area_code', 'year', 'table_edition'], 'value': none, 'unit': '{unit}',
            'reason': 'reason', 'inputs_shown': 10,
            'columns': measures,
            'title': '{measure}, {area} {year}',
            'statement': ' = {formula}, {reference}; table of {table_edition}',
            'absent': 'no inter-country table of this year has it',
            'formula': 'as catalog.dim_measure says',
        },
        {
            'kind': 'value_chain_partner', 'table': 'marts.idx_value_chain__country_partner_year',
            'key': ['measure', 'exporter_code', 'importer_code', 'year', 'table_edition'], 'value': none,
            'unit': '{unit}', 'inputs': 'marts.inputs_of_value_chain_partner',
            'columns': measures,
            'title': '{measure}, {exporter} to {importer} {year}',
            'statement': ' = {formula}, {reference}; table of {table_edition}',
            'absent': 'no inter-country table of this year has it',
            'formula': 'as catalog.dim_measure says',
        },
        {
            'kind': 'partner_trade_cost', 'table': 'marts.fct_trade_cost__country_partner_year',
            'key': ['scope', 'area_code', 'partner_code', 'year', 'table_edition'], 'value': 'trade_cost',
            'inputs': 'marts.inputs_of_trade_cost', 'reason': 'reason', 'default_variant': 'manufacturing',
            'product': 'weight {weight} × cost of trade {trade_cost}',
            'title': 'cost of trade of {area} and {partner}, {scope}, {year}',
            'absent': 'no inter-country table of this year has both',
            'formula': '(x_ii x_jj / (x_ij x_ji))^(1 / (2 (sigma - 1))) - 1',
            'reference': 'Novy (2013)',
        },
        {
            'kind': 'country_panel', 'table': 'marts.panel__country_year', 'has_history': true,
            'key': ['column_name', 'area_code', 'year'], 'value': none, 'inputs': 'marts.inputs_of_country_panel',
            'columns': "select column_name, cast(null as string) as unit, formula, cast(null as string) as reference "
                ~ "from catalog.panel_column where universe = 'country' and input_position = 1",
            'title': '{column_name}, {area} {year}', 'inputs_shown': 10,
            'statement': ', computed as {formula}',
            'formula': 'as catalog.panel_column says',
        },
        {
            'kind': 'partner_panel', 'table': 'marts.panel__country_partner_year',
            'key': ['column_name', 'exporter_code', 'importer_code', 'year'], 'value': none,
            'inputs': 'marts.inputs_of_partner_panel',
            'columns': "select column_name, unit, description_en as formula, cast(null as string) as reference "
                ~ "from catalog.dim_column where table_name = 'marts.panel__country_partner_year'",
            'title': '{column_name}, {exporter} to {importer} {year}',
            'statement': ' ({formula})',
            'formula': 'as catalog.dim_column says',
        },
    ]) }}
{%- endmacro %}

{# The SQL of the key of a number: the key columns of its kind in a relation, but for those given by name:
   number_key('prody', 'parts', variant="'annual'"). #}
{% macro number_key(kind, relation) -%}
    {%- set entry = number_kinds() | selectattr('kind', 'equalto', kind) | first -%}
    {%- for column in entry.key -%}
        {%- set value = kwargs.get(column, relation ~ '.' ~ column) -%}
        {{ 'cast(' ~ value ~ ' as string)' if column == 'year' else value }}
        {%- if not loop.last %} || '/' || {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# An input of the numbers of a kind: a row of marts.made_from. The key of the number is in the relation `of`, that of
   the input in `input_of`; columns of other names are given in `key` and `input_key`. #}
{% macro number_input(kind, of, role, input_kind, input_of, step=1, key={}, input_key={}, weight=none, contribution=none) -%}
select
    '{{ kind }}' as kind,
    {{ number_key(kind, of, **key) }} as key,
    {{ step }} as step,
    '{{ role }}' as role,
    '{{ input_kind }}' as input_kind,
    {{ number_key(input_kind, input_of, **input_key) }} as input_key,
    {{ weight or 'cast(null as double)' }} as weight,
    {{ contribution or 'cast(null as double)' }} as contribution
{%- endmacro %}

{# Every number of every kind but the panels', whose values stand in columns of many types: kind, key, value, unit. The
   macros of a release read its tables, which have no catalog, and those that marts.made_from does not list. #}
{% macro numbers(of_release=false) -%}
    {% for entry in number_kinds() if entry.value -%}
    select
        '{{ entry.kind }}' as kind,
        {{ number_key(entry.kind, 'numbers') }} as key,
        numbers.{{ entry.value }} as value,
        {{ 'numbers.unit' if entry.unit == '{unit}' else or_null(entry.unit) }} as unit
    from {{ entry.table if of_release else ref(entry.table.split('.')[1]) }} as numbers
    {{- " where numbers.universe = '" ~ entry.universe ~ "'" if entry.universe }}
    {{- ' where ' ~ is_current('numbers') if entry.has_history and not of_release }}

    union all
    {% endfor %}
    {% for kind in ['value_chain', 'value_chain_partner'] if of_release or kind == 'value_chain' -%}
    select
        '{{ kind }}' as kind,
        {{ number_key(kind, 'numbers') }} as key,
        numbers.value,
        cast(null as string) as unit
    from {{ measures_in_rows_of_release(kind) if of_release else measures_in_rows() }} as numbers
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}
{%- endmacro %}

{# A text as SQL, NULL where there is none. #}
{% macro or_null(text) -%}
    cast({{ dbt.string_literal(dbt.escape_single_quotes(text)) if text else 'null' }} as string)
{%- endmacro %}
