"""What the last refresh understood of every cell, for those who look for what it did not."""

import duckdb

from warehouse.contract.home import Home
from warehouse.store import build

# Labels that say nothing without the table around them, in key form
_BARE = (
    "合计|总计|共计|小计|总额|总数|总量|全部|其他|其它|数量|数值|指标|值|本年|本期|累计|"
    "total|sum|subtotal|all|others?|values?|amount|number"
)
# Endings of areas below a province
_BELOW_A_PROVINCE = "(市|县|州|盟|地区|旗|city|county|prefecture|district)$"

_UNDERSTOOD = f"""
create view table_aliases as
select s.source_id, title_key, table_id
from build.catalog.table_alias as t
join build.raw.sources as s on t.source_id in ('*', s.source_id);
create view indicator_aliases as
select s.source_id, table_id, label_key, indicator_id
from build.catalog.indicator_alias as i
join build.raw.sources as s on i.source_id in ('*', s.source_id);
-- tables in which a label alone says what is measured, as titles do elsewhere
create view general_tables as
select distinct source_id, table_id from table_aliases where title_key is null;
create view area_aliases as from build.catalog.area_alias;
create view units as from build.catalog.unit;
create view exchange_rates as from build.seeds.exchange_rates;
create view indicators as from build.catalog.dim_indicator;
create view provinces as
select area_code as province_code, name_en from build.catalog.dim_area where level = 'province';
create view taken_names as
select indicator_id from indicators
union
select column_name from duckdb_columns()
where database_name = 'build' and table_name = 'panel__province_year';
create view known as from build.marts.fct_observation__vintages;
create view declaring as select source_id from build.raw.sources where indicators_are_declared;
create table amounts as
select u.unit_key, u.unit, r.year, u.factor * coalesce(r.cny_per_usd, 1) as factor
from units as u left join exchange_rates as r on u.currency = 'USD';
create table cells as
select
    row_number() over (
        order by source_id, edition, file_name, sheet, row_number, column_number
    ) as cell_id, source_id, edition, snapshot_sha256,
    source_id || '/' || edition || '/' || file_name || ' (' || locator || ')' as place,
    coalesce(sheet, '') as sheet,
    row_number, column_number, table_title, title_key, table_id, indicator_label, indicator_key,
    indicator_id, unit_label, unit_key, standard_unit as unit,
    factor * case when currency is null then 1 else cny_per_usd end as factor,
    area_label, area_key, area_code, is_known_name, year, number_printed as number,
    not regexp_full_match(indicator_key, '({_BARE})(/({_BARE}))*')
        and indicator_key not in (select area_key from area_aliases) as is_telling_label,
    regexp_matches(area_key, '\\pL') and not regexp_full_match(area_key, '{_BARE}')
        and not regexp_matches(area_key, '{_BELOW_A_PROVINCE}') as is_telling_area
from build.staging.stg_cells
where kind = 'observation' and not is_of_city
"""


def database(home: Home) -> duckdb.DuckDBPyConnection:
    """A database in memory with the cells, what judgement the refresh went by, and known values.

    Raises `NoBuild` without the build file of a refresh that came to its end.
    """
    found = build.attached(home)
    try:
        found.execute(_UNDERSTOOD)
    except (duckdb.CatalogException, duckdb.BinderException):
        raise build.NoBuild(
            f"{build.path(home)} is not complete, as after a refresh that failed: mend what it "
            "said and run `yearbook refresh`"
        ) from None
    return found
