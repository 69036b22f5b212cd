{%- set sigma = 8 -%}
{%- set scopes = [
    ('total', 'exports', 'domestic_sales'),
    ('manufacturing', 'manufacturing_exports', 'manufacturing_domestic_sales'),
] -%}
-- Costs of trade between two economies as a tariff equivalent (Novy 2013, Economic Inquiry 51(1), equation 5): by how
-- much trade at home is preferred to trade with each other, tau = (x_ii x_jj / (x_ij x_ji))^(1 / (2 (sigma - 1))) - 1,
-- with x_ii the sales at home (output less exports, not GDP) and sigma the elasticity of substitution. The same both
-- ways; the rest of the world is no partner.
with sales as (

    {% for scope, exports, domestic_sales in scopes -%}
    select
        table_edition,
        '{{ scope }}' as scope,
        exporter_code,
        importer_code,
        year,
        published_on,
        case when exporter_code = importer_code then {{ domestic_sales }} else {{ exports }} end as sales
    from {{ ref('idx_value_chain__country_partner_year') }}
    where exporter_code <> 'ROW'
        and importer_code <> 'ROW'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

paired as (

    select
        flows.table_edition,
        flows.scope,
        flows.exporter_code as area_code,
        flows.importer_code as partner_code,
        flows.year,
        flows.published_on,
        flows.sales + back.sales as trade,
        flows.sales * back.sales as both_flows,
        home.sales * abroad.sales as both_at_home
    from sales as flows
    inner join sales as back
        on flows.table_edition = back.table_edition
        and flows.scope = back.scope
        and flows.year = back.year
        and flows.exporter_code = back.importer_code
        and flows.importer_code = back.exporter_code
    inner join sales as home
        on flows.table_edition = home.table_edition
        and flows.scope = home.scope
        and flows.year = home.year
        and flows.exporter_code = home.exporter_code
        and home.exporter_code = home.importer_code
    inner join sales as abroad
        on flows.table_edition = abroad.table_edition
        and flows.scope = abroad.scope
        and flows.year = abroad.year
        and flows.importer_code = abroad.exporter_code
        and abroad.exporter_code = abroad.importer_code
    where flows.exporter_code <> flows.importer_code

)

select
    table_edition,
    scope,
    area_code,
    partner_code,
    year,
    published_on,
    trade,
    {{ in_digits(
        'case when both_flows > 0 and both_at_home > 0 then power(both_at_home / both_flows, cast(1 as double) / '
        ~ 2 * (sigma - 1) ~ ') - 1 end'
    ) }} as trade_cost,
    cast({{ sigma }} as double) as sigma,
    'icio' as source_id,
    case
        when both_at_home is null or both_flows is null then 'the table keeps no manufacturing apart'
        when both_flows <= 0 then 'one of the two does not sell to the other'
        when both_at_home <= 0 then 'one of the two sells nothing at home'
    end as reason
from paired
