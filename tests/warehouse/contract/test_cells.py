"""Addresses of raw cells."""

import pyarrow as pa

from warehouse.contract import cells


def test_an_empty_sheet_beside_a_table_takes_no_address_away():
    table = cells.table([cells.cell_record(3, 27, "value", "1", sheet="data")])
    found = pa.concat_tables([table, cells.table([])], promote_options="default")
    assert cells.complete(found, {})["cell"].to_pylist() == ["AB4"]


def test_a_path_stays_the_address_of_a_cell_that_stands_in_no_table():
    found = cells.table([{"role": "value", "text": "1", "cell": "[1][0].value"}])
    assert cells.complete(found, {})["cell"].to_pylist() == ["[1][0].value"]
