"""Raw cells: one row a cell, text as printed, one schema for all sources."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.contract.labels import (
    area_key,
    says_firmness,
    status_of,
    subject_key,
    title_key,
    unit_key,
    without_firmness,
)

SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("edition", pa.string()),
        ("published_on", pa.date32()),
        ("snapshot_sha256", pa.string()),
        ("file_name", pa.string()),
        ("sheet", pa.string()),
        ("cell", pa.string()),
        ("row_number", pa.int32()),
        ("column_number", pa.int32()),
        ("role", pa.string()),
        ("text", pa.string()),
        ("table_title", pa.string()),
        ("title_key", pa.string()),
        ("indicator_label", pa.string()),
        ("indicator_key", pa.string()),
        ("unit_label", pa.string()),
        ("unit_key", pa.string()),
        ("area_label", pa.string()),
        ("area_key", pa.string()),
        ("area_label_alt", pa.string()),
        ("area_key_alt", pa.string()),
        ("area_position", pa.int32()),
        ("is_abroad", pa.bool_()),
        ("period_label", pa.string()),
        ("classification", pa.string()),
        ("category_code", pa.string()),
        ("category_label", pa.string()),
        ("flow", pa.string()),
        ("partner_code", pa.string()),
        ("trade_mode_code", pa.string()),
        ("series_vintage", pa.string()),
        ("obs_status", pa.string()),
    ]
)
KEYS: dict[str, tuple[str, Callable[[str], str]]] = {
    "title_key": ("table_title", title_key),
    "indicator_key": ("indicator_label", subject_key),
    "unit_key": ("unit_label", unit_key),
    "area_key": ("area_label", area_key),
    "area_key_alt": ("area_label_alt", area_key),
}


# What may say how firm a value is, the nearest to it first
_SAYS_STATUS = ("period_label", "indicator_label", "table_title")


def cell_record(row: int, column: int, role: str, text: str | None, **labels: object) -> dict:
    """A cell as a reader finds it; `row` and `column` count from 0, the schema's from 1."""
    return {
        "row_number": row + 1,
        "column_number": column + 1,
        "role": role,
        "text": text,
        **labels,
    }


def block(
    rows: Sequence[Sequence[str | None]],
    numbers: Sequence[int],
    columns: Sequence[int],
    role: str,
    of_rows: Mapping[str, Sequence] | None = None,
    of_columns: Mapping[str, Sequence] | None = None,
    **labels: object,
) -> pa.Table:
    """The cells where rows and columns cross, blank ones too: many records of one role at once.

    `numbers` and `columns` count from 0. `of_rows` are labels that have one entry a row (as many
    as `numbers`), `of_columns` those with one entry a column, `labels` hold for every cell.
    """
    down = np.repeat(np.arange(len(numbers)), len(columns))
    across = np.tile(np.arange(len(columns)), len(numbers))
    lines = [rows[number] for number in numbers]
    texts = [row[column] if column < len(row) else None for row in lines for column in columns]
    placed = [
        (down, {"row_number": [number + 1 for number in numbers], **(of_rows or {})}),
        (across, {"column_number": [column + 1 for column in columns], **(of_columns or {})}),
    ]
    found = {"text": pa.array(texts, pa.string())}
    for places, entries in placed:
        positions = pa.array(places)
        for name, column in entries.items():
            found[name] = pa.array(column, SCHEMA.field(name).type).take(positions)
    for name, label in {"role": role, **labels}.items():
        found[name] = pa.repeat(pa.scalar(label, SCHEMA.field(name).type), len(texts))
    return pa.table(found)


def printed(found: pa.Table) -> pa.Table:
    """The cells of a block that are not blank."""
    return found.filter(pc.is_valid(found["text"]))


def table(records: Iterable[Mapping | pa.Table], sheet: str | None = None) -> pa.Table:
    """The cells of one sheet as a table that has the columns of SCHEMA which any of them fills.

    Records of one shape (the same keys in the same order) are turned into columns together:
    files have a hundred thousand cells, but few shapes. Blocks are taken as they are.
    """
    shapes: dict[tuple[str, ...], list] = defaultdict(list)
    parts: list[pa.Table] = []
    for record in records:
        if isinstance(record, pa.Table):
            parts.append(record)
        else:
            shapes[tuple(record)].append(record.values())
    parts += [
        pa.table(
            {
                name: pa.array(column, SCHEMA.field(name).type)
                for name, column in zip(shape, zip(*rows, strict=True), strict=True)
            }
        )
        for shape, rows in shapes.items()
    ]
    if not parts:
        return SCHEMA.empty_table()
    found = pa.concat_tables(parts, promote_options="default")
    name = pa.repeat(pa.scalar(sheet, pa.string()), found.num_rows)
    return found if sheet is None else found.append_column("sheet", name)


def complete(found: pa.Table, constants: Mapping[str, object]) -> pa.Table:
    """A reader's table with every column of SCHEMA: addresses, keys, and what holds for the file.

    `constants` fill what the reader left NULL (`series_vintage`) or out (`source_id`, ...). A cell
    whose place is no row and column of a table comes with its own address, and a label that names
    its subject among words of the source's own with its own key. Labels, keys and constants are
    dictionary-encoded: they repeat down a file.
    """
    columns = {name: found[name] for name in found.column_names}
    columns |= _said_of_firmness(columns)
    for name, constant in constants.items():
        value = pa.scalar(constant, SCHEMA.field(name).type)
        columns[name] = (
            pc.fill_null(columns[name], value)
            if name in columns and constant is not None
            else columns.get(name, repeated(value, found.num_rows))
        )
    if "column_number" in columns:  # a reader of JSON gives paths instead
        addresses = _addresses(found["column_number"], found["row_number"])
        # An empty sheet beside a table brings every column of SCHEMA with it, also an empty `cell`
        own = columns.get("cell")
        columns["cell"] = addresses if own is None else pc.coalesce(own, addresses)
    for key, (label, to_key) in KEYS.items():
        if label in columns:
            own = columns.get(key)
            columns[label], keys = with_keys(columns[label], to_key)
            columns[key] = keys if own is None else pc.coalesce(own, keys.dictionary_decode())
    if "title_key" not in columns:
        columns["title_key"] = repeated(pa.scalar(""), found.num_rows)
    columns["title_key"] = pc.fill_null(pc.cast(columns["title_key"], pa.string()), "")
    return pa.table(
        {
            field.name: columns.get(field.name, pa.nulls(found.num_rows, field.type))
            for field in SCHEMA
        }
    )


def _said_of_firmness(columns: Mapping[str, pa.ChunkedArray]) -> dict[str, pa.ChunkedArray]:
    """The status that labels give to values which have none, and the periods without it."""
    if "period_label" not in columns:  # as of matrices
        return {}
    labels = (columns[name].unique().to_pylist() for name in _SAYS_STATUS if name in columns)
    if not any(map(says_firmness, filter(None, chain(*labels)))):
        return {}  # as most files
    said = [_of_labels(columns[name], status_of) for name in _SAYS_STATUS if name in columns]
    own = [columns["obs_status"]] if "obs_status" in columns else []
    period = _of_labels(columns["period_label"], without_firmness)
    return {"obs_status": pc.coalesce(*own, *said), "period_label": period}


def _of_labels(labels: pa.ChunkedArray, to_text: Callable[[str], str | None]) -> pa.ChunkedArray:
    """What is made of each label, once a distinct one."""
    found = with_keys(labels, to_text)[1]
    return pa.chunked_array([found.dictionary_decode()])


def repeated(value: pa.Scalar, count: int) -> pa.Array:
    """A column that says the same in every row."""
    if not (pa.types.is_string(value.type) and value.is_valid):
        return pa.repeat(value, count)
    only = pa.repeat(value, 1)
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), count), only)


def with_keys(
    labels: pa.ChunkedArray, to_key: Callable[[str], str | None]
) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """The labels and their keys; a key is computed once a distinct label, not once a row."""
    encoded = labels.combine_chunks().dictionary_encode()
    keys = pa.array([to_key(label) for label in encoded.dictionary.to_pylist()], pa.string())
    return encoded, pa.DictionaryArray.from_arrays(encoded.indices, keys)


def _addresses(columns: pa.ChunkedArray, rows: pa.ChunkedArray) -> pa.ChunkedArray:
    widest = pc.max(columns).as_py() or 0
    letters = pa.array(
        [None, *(column_letters(number) for number in range(1, widest + 1))], pa.string()
    )
    return pc.binary_join_element_wise(letters.take(columns), pc.cast(rows, pa.string()), "")


@cache
def column_letters(number: int) -> str:
    """The letters of a spreadsheet's column, counted from 1: 1 -> A, 27 -> AA."""
    before, last = divmod(number - 1, 26)
    return (column_letters(before) if before else "") + chr(ord("A") + last)


def address(row: int, column: int) -> str:
    """The address of a cell counted from 0: (4, 1) -> B5."""
    return f"{column_letters(column + 1)}{row + 1}"
