"""Rows of trade statistics: one row a commodity, partner, mode of trade, place and period.

There may be a billion of them, so that they rest as the rows that they are, and not cell by cell.
Texts are as printed; what an ordinary text says is beside it as a number, which no engine then has
to read out of so many texts again.
"""

import hashlib
import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.contract.cells import KEYS, repeated, with_keys

SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("edition", pa.string()),
        ("published_on", pa.date32()),
        ("snapshot_sha256", pa.string()),
        ("file_name", pa.string()),
        ("sheet", pa.string()),
        ("sheet_id", pa.int64()),
        ("row_number", pa.int32()),
        ("column_number", pa.int32()),
        ("cell_column", pa.string()),
        ("text", pa.string()),
        ("number", pa.float64()),
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
# What all rows of a sheet have in common, or of a text file, which has no sheets
OF_SHEET = (
    *("source_id", "edition", "published_on", "snapshot_sha256", "file_name", "sheet", "sheet_id"),
    *("column_number", "cell_column", "unit_label", "unit_key", "classification", "flow"),
    *("series_vintage", "obs_status"),
)
# What hardly ever repeats: all else is written with a dictionary
DISTINCT = ("row_number", "text", "number", "quantity", "second_quantity", "other_value")
# As they are written: a text that repeats is there once, with its places
AT_REST = pa.schema(
    [
        (field.name, pa.dictionary(pa.int32(), pa.string()))
        if pa.types.is_string(field.type) and field.name not in DISTINCT
        else field
        for field in SCHEMA
    ]
)
# Digits, perhaps set apart in threes by commas, perhaps with a point; not so many that a double
# ends. It is read as printed_number of the dbt project reads it (a test compares them).
_WHOLE = "(?:[0-9]{1,30}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,9})"
_ORDINARY = rf"^(?:{_WHOLE}(?:[.][0-9]{{0,30}})?|[.][0-9]{{1,30}})$"
# By these an engine finds what it needs without reading the rest
SOUGHT_BY = (
    *("source_id", "snapshot_sha256", "sheet_id", "flow", "period_label", "category_code"),
    "number",
)


def complete(found: pa.Table, constants: Mapping[str, object]) -> pa.Table:
    """A reader's rows of one sheet with every column of AT_REST.

    Also keys of labels, `constants`, which hold for the file, a number of the sheet and, where the
    reader has not looked at the texts itself, the `numbers` of these.
    """
    columns = {name: found[name] for name in found.column_names}
    if "number" not in columns:
        columns["number"] = numbers(found["text"])
    for key in ("area_key", "unit_key"):
        label, key_of = KEYS[key]
        if label in columns:
            columns[label], columns[key] = with_keys(columns[label], key_of)
    for name, constant in {**constants, "sheet_id": _sheet_id(found, constants)}.items():
        columns[name] = repeated(pa.scalar(constant, SCHEMA.field(name).type), found.num_rows)
    return pa.table(
        [
            columns.get(field.name, pa.nulls(found.num_rows, field.type)).cast(field.type)
            for field in AT_REST
        ],
        AT_REST,
    )


def of_sheet(rows: pa.Table) -> dict[str, object]:
    """What all of these rows have in common (OF_SHEET). Raises ValueError where they differ."""
    found = {name: pc.unique(rows[name]).to_pylist() for name in OF_SHEET}
    return {name: value for name, [value] in found.items()}


def _sheet_id(found: pa.Table, constants: Mapping[str, object]) -> int:
    """The number of a sheet: 56 bits of the SHA-256 of source, file and name.

    By it rows are grouped, for comparing a SHA-256 a row takes as long as all else that is summed.
    """
    of_file = [constants.get(name) for name in ("source_id", "snapshot_sha256")]
    said = json.dumps([*of_file, pc.unique(found["sheet"]).to_pylist()])
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:7], "big")


def numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The number of each ordinary text (_ORDINARY), NULL for any other."""
    is_ordinary = pc.match_substring_regex(texts, _ORDINARY)
    ordinary = pc.if_else(is_ordinary, texts, pa.scalar(None, pa.string()))
    return pc.cast(pc.replace_substring(ordinary, ",", ""), pa.float64())
