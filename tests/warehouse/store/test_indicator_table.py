"""All indicators side by side, whoever they come from."""

import duckdb

from warehouse.store import indicator_table

RELEASE = """
    create schema marts; create schema catalog;
    create table catalog.dim_indicator as from (values
        ('gdp', 'Product', 'At current prices', '100 million yuan'), ('ev_output', 'Vehicles', null, 'items'),
        ('unknown', 'Nobody has it', 'None', 'km')) as rows (indicator_id, name_en, definition, unit);
    create table marts.fct_observation as from (values
        ('gdp', 'b', 2020, 1.5), ('gdp', 'a', 2020, 2.5), ('ev_output', 'a', 2020, 3.0), ('ev_output', 'a', 2019, 0.0),
        ('gdp', 'c', 2020, null)) as rows (indicator_id, area_code, year, value)
"""


def test_each_indicator_is_a_column_and_each_value_a_cell():
    with duckdb.connect() as database:
        database.execute(RELEASE)
        texts = indicator_table.write(database)
        found = database.execute(f"from {indicator_table.TABLE}")
        columns = [column[0] for column in found.description]
        assert columns == ["area_code", "year", "ev_output", "gdp", "unknown"]
        assert found.fetchall() == [
            ("a", 2019, 0.0, None, None),
            ("a", 2020, 3.0, 2.5, None),
            ("b", 2020, None, 1.5, None),
        ]
    assert texts[f"{indicator_table.TABLE}.gdp"] == "Product: At current prices [100 million yuan]"
    assert texts[f"{indicator_table.TABLE}.ev_output"] == "Vehicles [items]"
    assert {f"{indicator_table.TABLE}.{column}" for column in columns} < set(texts)


def test_a_project_without_observations_has_no_such_table():
    with duckdb.connect() as database:
        assert indicator_table.write(database) == {}
