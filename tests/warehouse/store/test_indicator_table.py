"""All indicators side by side, whoever they come from."""

import duckdb

from warehouse.store import indicator_table

BUILD = """
    attach ':memory:' as build; create schema build.marts; create schema build.catalog;
    create table build.catalog.dim_indicator as from (values
        ('gdp', 'Product', '产值', 'At current prices', '按现价', '100 million yuan'),
        ('ev_output', 'Vehicles', '汽车', null, null, 'items'), ('unknown', 'Nobody has it', '无', 'None', '无', 'km'))
        as rows (indicator_id, name_en, name_zh, definition, definition_zh, unit);
    create table build.marts.fct_observation as from (values
        ('gdp', 'b', 2020, 1.5, null), ('gdp', 'a', 2020, 2.5, null), ('gdp', 'a', 2020, 9.9, date '2021-01-01'),
        ('ev_output', 'a', 2020, 3.0, null), ('ev_output', 'a', 2019, 0.0, null), ('gdp', 'c', 2020, null, null))
        as rows (indicator_id, area_code, year, value, known_to)
"""


def test_each_indicator_is_a_column_and_each_value_that_still_holds_a_cell():
    with duckdb.connect() as database:
        database.execute(BUILD)
        table = indicator_table.table(database)
        found = database.execute(indicator_table.query(table, "known_to is null"))
        columns = [column[0] for column in found.description]
        assert (
            columns == ["area_code", "year", "ev_output", "gdp", "unknown"] == list(table.columns)
        )
        assert found.fetchall() == [
            ("a", 2019, 0.0, None, None),
            ("a", 2020, 3.0, 2.5, None),
            ("b", 2020, None, 1.5, None),
        ]
    assert table.key == ("area_code", "year")
    assert table.columns["gdp"].comment == "Product: At current prices [100 million yuan]"
    assert table.columns["ev_output"].comment == "Vehicles [items]"
    assert table.columns["gdp"].about.zh == "产值：按现价"
    assert all(table.columns[name].about.zh for name in table.key)
