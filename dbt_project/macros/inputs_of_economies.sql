{# What the numbers of economies, and of pairs of them, that marts.made_from does not list were made from: bodies of macros
   of the release, which give role, kind and key of each input of one number, and its weight where the number is a sum. #}

{# An input, without a weight unless one is given; its kind is any of macros/number_kinds. #}
{% macro input_row(role, input_kind, key, weight='cast(null as double)', contribution='cast(null as double)') -%}
select
        {{ role }} as role,
        '{{ input_kind }}' as input_kind,
        {{ key }} as input_key,
        {{ weight }} as weight,
        {{ contribution }} as contribution
{%- endmacro %}

{# A column of the panel of economies: the number that it is, the observations of its formula, or, of what trade means for
   an economy, the flows in the table of the panel's edition. The stock of foreign R&D rests on all years until then.
   Where no file has exports, or no table has the economy, the input is the number that is not there. #}
{% macro inputs_of_country_panel() %}
    with panel as (

        select *
        from marts.panel__country_year as panel
        where panel.area_code = asked_area
            and panel.year = asked_year

    ),

    asked as (

        select
            columns.*,
            panel.area_code,
            panel.year,
            coalesce(panel.expy_classification, '') as classification,
            coalesce(panel.value_chain_edition, '') as table_edition
        from panel
        cross join catalog.panel_column as columns
        where columns.universe = 'country'
            and columns.column_name = asked_column

    ),

    flows as (

        select
            partners.*,
            asked.input_id
        from asked
        inner join marts.idx_value_chain__country_partner_year as partners
            on asked.table_edition = partners.table_edition
            and asked.year = partners.year
            and asked.area_code = partners.importer_code
        where asked.input_id in (
            'imported_intermediates_share', 'import_penetration', 'import_source_diversity', 'foreign_rd_embodied',
            'foreign_rd_coverage'
        )

    ),

    costs as (

        select
            costs.*,
            case asked.input_id
                when 'trade_cost_simple' then 1e0 / count(costs.trade_cost) over ()
                else costs.trade / sum(costs.trade) over ()
            end as weight
        from asked
        inner join marts.fct_trade_cost__country_partner_year as costs
            on asked.table_edition = costs.table_edition
            and asked.year = costs.year
            and asked.area_code = costs.area_code
            and costs.scope = case asked.input_id when 'trade_cost_total' then 'total' else 'manufacturing' end
        where asked.input_id in ('trade_cost', 'trade_cost_simple', 'trade_cost_total')
            and costs.trade_cost is not null

    ),

    inputs as (

        {{ input_row("'index'", 'country_digital_trade', number_key(
            'country_digital_trade', 'asked', variant='asked.input_id'
        )) }}
        from asked
        where asked.input_kind = 'digital_trade'

        union all

        {{ input_row("'EXPY'", 'country_expy', number_key('country_expy', 'asked', variant='asked.input_id')) }}
        from asked
        where asked.input_kind = 'expy'

        union all

        {{ input_row("'x' || asked.input_position", 'observation', number_key(
            'observation', 'asked', indicator_id='asked.input_id'
        )) }}
        from asked
        where asked.input_kind = 'observation'

        union all

        {{ input_row("'income'", 'observation', number_key(
            'observation', 'asked', indicator_id='universes.income_indicator_id'
        )) }}
        from asked
        inner join catalog.universe as universes
            on asked.universe = universes.universe
        where asked.input_kind = 'income'

        union all

        {{ input_row("'observation'", 'observation', number_key('observation', 'observations')) }}
        from asked
        inner join marts.fct_observation as observations
            on asked.area_code = observations.area_code
            and asked.year = observations.year
            and observations.value is not null
            and observations.indicator_id in (
                select members.indicator_id
                from marts.idx_digital_trade__weights as members
                where members.universe = 'country'
                union
                select columns.input_id
                from catalog.panel_column as columns
                where columns.universe = 'country'
                    and columns.input_kind = 'observation'
            )
        where asked.input_kind = 'observations'

        union all

        {{ input_row("'measure'", 'value_chain', number_key(
            'value_chain', 'asked', measure="coalesce(measures.measure, 'exports')"
        )) }}
        from asked
        left join catalog.dim_measure as measures
            on asked.input_id = measures.measure
        where asked.input_kind = 'value_chain'
            and (measures.measure is not null or asked.table_edition = '')

        union all

        {{ input_row(
            "'partner'", 'partner_trade_cost', number_key('partner_trade_cost', 'costs'), 'costs.weight',
            'costs.weight * costs.trade_cost'
        ) }}
        from costs

        union all

        {{ input_row("'seller'", 'value_chain_partner', number_key('value_chain_partner', 'flows', measure='flowing.measure')) }}
        from flows
        inner join (
            select * from (values
                ('imported_intermediates_share', 'exports_intermediate'), ('foreign_rd_embodied', 'exports_intermediate'),
                ('foreign_rd_coverage', 'exports_intermediate'), ('import_penetration', 'manufacturing_exports'),
                ('import_source_diversity', 'manufacturing_exports')
            ) as given (input_id, measure)
        ) as flowing
            on flows.input_id = flowing.input_id
        where flows.exporter_code <> flows.importer_code

        union all

        {{ input_row("'sold at home'", 'value_chain_partner', number_key('value_chain_partner', 'flows', measure="'manufacturing_domestic_sales'")) }}
        from flows
        where flows.exporter_code = flows.importer_code
            and flows.input_id = 'import_penetration'

        union all

        {{ input_row("needed.measure", 'value_chain', number_key(
            'value_chain', 'asked', measure='needed.measure'
        )) }}
        from asked
        cross join (select unnest(['output', 'value_added']) as measure) as needed
        where asked.input_id = 'imported_intermediates_share'
            and asked.table_edition <> ''

        union all

        {{ input_row("'R&D of the seller'", 'observation', number_key('observation', 'observations')) }}
        from flows
        inner join marts.fct_observation as observations
            on flows.exporter_code = observations.area_code
            and observations.year <= flows.year
            and observations.indicator_id in ('rd_intensity', 'gdp_per_capita_constant_usd', 'population_midyear')
            and observations.value is not null
        where flows.input_id in ('foreign_rd_embodied', 'foreign_rd_coverage')
            and flows.exporter_code <> flows.importer_code

    )

    select *
    from inputs
    order by contribution desc nulls last, role, input_key
{% endmacro %}

{# A flow between two economies: their rows and columns in the table. #}
{% macro inputs_of_value_chain_partner() %}
    {{ input_row('sides.role', 'inter_country_block', number_key('inter_country_block', 'blocks')) }}
    from catalog.inter_country_block as blocks
    inner join (
        select 'seller' as role, asked_exporter as area_code
        union all
        select 'buyer', asked_importer where asked_importer <> asked_exporter
    ) as sides
        on blocks.area_code = sides.area_code
    where blocks.year = asked_year
        and blocks.table_edition = asked_edition
    order by sides.role desc
{% endmacro %}

{# Costs of trade between two economies: what each sells to the other and at home. #}
{% macro inputs_of_trade_cost() %}
    {{ input_row(
        "case when flows.exporter_code = flows.importer_code then 'sold at home' else 'sold to the other' end",
        'value_chain_partner',
        number_key(
            'value_chain_partner', 'flows', measure="case asked_scope when 'manufacturing' then 'manufacturing_' else '' end
            || case when flows.exporter_code = flows.importer_code then 'domestic_sales' else 'exports' end"
        )
    ) }}
    from marts.idx_value_chain__country_partner_year as flows
    where flows.table_edition = asked_edition
        and flows.year = asked_year
        and flows.exporter_code in (asked_area, asked_partner)
        and flows.importer_code in (asked_area, asked_partner)
    order by role, input_key
{% endmacro %}

{# A column of the panel of pairs: the flow of the table, at home the economy's own measures; what the panel of economies
   says of both; or the memoranda of both, China apart, to whom they are addressed: without one, that none is known. #}
{% macro inputs_of_partner_panel() %}
    with panel as (

        select
            panel.*,
            panel.value_chain_edition as table_edition,
            panel.exporter_code as area_code,
            panel.exporter_code = panel.importer_code as is_home
        from marts.panel__country_partner_year as panel
        where panel.exporter_code = asked_exporter
            and panel.importer_code = asked_importer
            and panel.year = asked_year

    ),

    needed as (

        select * from (values
            ('sales', false, 'exports', 'flow'), ('sales', true, 'domestic_sales', 'flow'),
            ('value_added', false, 'bm_dva', 'flow'), ('value_added', true, 'value_added', 'measure'),
            ('value_added', true, 'bm_dva', 'measure'), ('inputs', false, 'exports_intermediate', 'flow'),
            ('inputs', true, 'output', 'measure'), ('inputs', true, 'value_added', 'measure'),
            ('inputs', true, 'imported_intermediates_share', 'exporter'),
            ('digital_trade_exporter', null, 'digital_trade', 'exporter'),
            ('digital_trade_importer', null, 'digital_trade', 'importer'),
            ('digital_trade_both', null, 'digital_trade', 'exporter'),
            ('digital_trade_both', null, 'digital_trade', 'importer'),
            ('digital_trade_product', null, 'digital_trade', 'exporter'),
            ('digital_trade_product', null, 'digital_trade', 'importer'),
            ('restrictiveness_distance', null, 'digital_trade_restrictiveness', 'exporter'),
            ('restrictiveness_distance', null, 'digital_trade_restrictiveness', 'importer')
        ) as given (column_name, is_home, name, place)

    ),

    asked as (

        select
            panel.*,
            needed.name,
            needed.place
        from panel
        inner join needed
            on needed.column_name = asked_column
            and coalesce(needed.is_home, panel.is_home) = panel.is_home

    ),

    signatories as (

        select
            sides.role,
            case sides.role when 'exporter' then panel.exporter_code else panel.importer_code end as area_code,
            panel.year
        from panel
        cross join (values ('exporter'), ('importer')) as sides (role)
        where asked_column = 'both_bri_after'
            and (sides.role = 'exporter' or not panel.is_home)

    ),

    memoranda as (

        select
            observations.*,
            row_number() over (
                partition by observations.area_code, observations.indicator_id order by observations.year desc
            ) as place
        from marts.fct_observation as observations
        where observations.indicator_id in ('bri_signed_year', 'bri_unclear')
            and observations.value is not null

    )

    {{ input_row('signatories.role', 'observation', number_key(
        'observation', 'signatories', indicator_id="coalesce(memoranda.indicator_id, 'bri_signed_year')",
        year='coalesce(memoranda.year, signatories.year)'
    )) }}
    from signatories
    left join memoranda
        on signatories.area_code = memoranda.area_code
        and memoranda.place = 1
    where signatories.area_code <> '100000'

    union all

    {{ input_row("'flow'", 'value_chain_partner', number_key('value_chain_partner', 'asked', measure='asked.name')) }}
    from asked
    where asked.place = 'flow'

    union all

    {{ input_row('asked.name', 'value_chain', number_key('value_chain', 'asked', measure='asked.name')) }}
    from asked
    where asked.place = 'measure'

    union all

    {{ input_row('asked.place', 'country_panel', number_key(
        'country_panel', 'asked', column_name='asked.name',
        area_code="case asked.place when 'exporter' then asked.exporter_code else asked.importer_code end"
    )) }}
    from asked
    where asked.place in ('exporter', 'importer')
    order by role, input_key
{% endmacro %}
