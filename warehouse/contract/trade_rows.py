"""Rows of trade statistics: one row a commodity, partner, mode of trade, place and period.

There may be a billion of them, so that they rest as the rows that they are, and not cell by cell.
Texts are as printed.
"""

from collections.abc import Mapping

import pyarrow as pa

from warehouse.contract.cells import repeated, with_keys
from warehouse.contract.labels import label_key

SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("edition", pa.string()),
        ("published_on", pa.date32()),
        ("snapshot_sha256", pa.string()),
        ("file_name", pa.string()),
        ("sheet", pa.string()),
        ("row_number", pa.int32()),
        ("column_number", pa.int32()),
        ("cell_column", pa.string()),
        ("text", pa.string()),
        ("unit_label", pa.string()),
        ("unit_key", pa.string()),
        ("period_label", pa.string()),
        ("area_label", pa.string()),
        ("area_key", pa.string()),
        ("place_code", pa.string()),
        ("classification", pa.string()),
        ("category_code", pa.string()),
        ("category_label", pa.string()),
        ("flow", pa.string()),
        ("partner_code", pa.string()),
        ("partner_label", pa.string()),
        ("trade_mode_code", pa.string()),
        ("trade_mode_label", pa.string()),
        ("quantity", pa.string()),
        ("quantity_unit", pa.string()),
        ("second_quantity", pa.string()),
        ("second_quantity_unit", pa.string()),
        ("other_value", pa.string()),
        ("other_value_unit", pa.string()),
        ("series_vintage", pa.string()),
        ("obs_status", pa.string()),
    ]
)
# What hardly ever repeats: all else is written with a dictionary
DISTINCT = ("row_number", "text", "quantity", "second_quantity", "other_value")
# By these an engine finds what it needs without reading the rest
SOUGHT_BY = ("source_id", "snapshot_sha256", "flow", "period_label", "category_code")


def complete(found: pa.Table, constants: Mapping[str, object]) -> pa.Table:
    """A reader's rows with every column of SCHEMA: keys of labels, and what holds for the file."""
    columns = {name: found[name] for name in found.column_names}
    for label, key in (("area_label", "area_key"), ("unit_label", "unit_key")):
        if label in columns:
            columns[label], columns[key] = with_keys(columns[label], label_key)
    for name, constant in constants.items():
        columns[name] = repeated(pa.scalar(constant, SCHEMA.field(name).type), found.num_rows)
    return pa.table(
        [
            columns.get(field.name, pa.nulls(found.num_rows, field.type)).cast(field.type)
            for field in SCHEMA
        ],
        SCHEMA,
    )
