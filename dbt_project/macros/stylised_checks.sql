{# What is computed for a stylised fact, by year: SQL over two tables of a release, observations as they are known now
   (marts.fct_observation) and values ever published (marts.fct_observation__vintages), marts.printed_series, where
   groups of economies are, and the measures of inter-country tables, of the newest edition. The model runs the same text on the build. #}
{% macro stylised_checks() -%}
    {%- set first_gdp = "(select year, min_by(value, published_on) / 10000 as gdp from {vintages} "
        ~ "where indicator_id = 'gdp' and area_code = '100000' group by year)" -%}
    {%- set textiles_machinery_electronics = "('17t18', 'C13T15', '29', 'C28', '30t33', 'C26', 'C27')" -%}
    {%- set of_china = "from {observations} where area_code = '100000' and value is not null and indicator_id = " -%}
    {{ return({
        1: 'select year, 0.428 * gdp as value from ' ~ first_gdp ~ ' as first_printed',
        2: 'select year, 100 * 53.9 / gdp as value from ' ~ first_gdp ~ ' as first_printed',
        5: "select year, 100 * 2.38 / (value / 10000) as value " ~ of_china ~ "'trade_total'",
        34: "select china.year, 100 * china.value * 1000000 / world.value as value "
            ~ "from {observations} as china inner join {printed} as world on china.year = world.year "
            ~ "where china.area_code = '100000' and china.indicator_id = 'manufacturing_value_added' "
            ~ "and world.area_label in ('WLD', '1W') and world.series_label = 'NV.IND.MANF.CD'",
        35: "select years.year, max(years.year) - min(leads.year) + 1 as value from (select year " ~ of_china
            ~ "'manufacturing_value_added') as years inner join (select area.year from {observations} as area "
            ~ "where area.indicator_id = 'manufacturing_value_added' and area.value is not null group by area.year "
            ~ "having max(case when area.area_code = '100000' then area.value end) = max(area.value) "
            ~ "and count(*) > 1) as leads on leads.year <= years.year group by years.year",
        36: "select year, max_by(value, published_on) as value from (select year, published_on, "
            ~ "sum(fva_content + value_added_in_foreign_exports) / sum(exports) as value from {industries} "
            ~ "where area_code = '100000' and industry_code in " ~ textiles_machinery_electronics
            ~ " group by table_edition, year, published_on having count(distinct case "
            ~ "when industry_code in ('17t18', 'C13T15') then 1 when industry_code in ('29', 'C28') then 2 "
            ~ "when industry_code in ('30t33', 'C26') then 3 end) = 3) as editions group by year",
        37: "select year, max_by(position_unctad, published_on) as value from {chains} "
            ~ "where area_code = '100000' and position_unctad is not null group by year",
        39: 'select year, 100 * value as value ' ~ of_china ~ "'high_technology_export_share'",
        40: "select year, 100 * max(value) as value from {observations} where indicator_id = "
            ~ "'high_technology_export_share' and area_code in ('USA', 'DEU', 'JPN', 'GBR', 'FRA') "
            ~ "and value is not null group by year",
    }) }}
{%- endmacro %}
