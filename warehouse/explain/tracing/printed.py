"""A printed value, whether an indicator stands for it or not: the cells that print it."""

import re
from collections.abc import Sequence
from gettext import gettext as _

from warehouse.contract.labels import label_key, squeeze
from warehouse.explain.tracing.asked import number_of_key
from warehouse.explain.tracing.nodes import Node, Record
from warehouse.explain.tracing.reading import CELL, NotFound, Reading, nearest, the_one
from warehouse.explain.tracing.walking import tree
from warehouse.explain.tracing.wording import cell_label

SHOWN = 10
_PERIOD = re.compile(r"(?:19|20)\d\d.*")
_OF_FILE = "$1 in (file_name, concat_ws('/', source_id, edition, file_name))"
# A cell with what a person asks about it; the newest first
_CELLS = """
select printed.*, role from marts.printed_series as printed
join catalog.dim_file using (source_id, edition, file_name, snapshot_sha256)
where {condition} order by published_on desc, source_id, edition, file_name, locator
"""


def is_cell(reading: Reading, name: str, where: Sequence[str]) -> bool:
    """Whether a file (`file` or `source/edition/file`) and one more word are asked for."""
    return len(where) == 1 and bool(reading.rows(f"from catalog.dim_file where {_OF_FILE}", name))


def cell(reading: Reading, name: str, locator: str) -> Node:
    """The value printed in a cell of a file. Raises NotFound."""
    found = reading.rows(_CELLS.format(condition=f"{_OF_FILE} and locator = $2"), name, locator)
    if found:
        return _node(reading, f"{found[0]['series_label']}, {locator} of {name}", found)
    # Those of trade statistics and input-output tables are no series
    for file in reading.rows(f"from catalog.dim_file where {_OF_FILE}", name):
        key = [file["source_id"], file["snapshot_sha256"], locator]
        if number := number_of_key(reading, CELL, key):
            return tree(reading, number)
    raise NotFound(
        f"no value stands in {locator} of {name}: marts.printed_series and marts.printed_cell have "
        "all, and marts.rows_of_sums the rows of trade statistics"
    )


def series(reading: Reading, name: str, where: Sequence[str]) -> Node:
    """The cells that print a heading for an area and year, or any other period.

    Without an area those of all areas. Raises NotFound.
    """
    labels = _labels(reading, name)
    period = the_one([word for word in where if _PERIOD.fullmatch(word)], name)
    area = " ".join(word for word in where if word != period)
    cells = reading.rows(_CELLS.format(condition="series_label in (select unnest($1))"), labels)
    of_area = [row for row in cells if not area or _is_of(reading, row, area)]
    if not of_area:
        areas = {*reading.areas.values(), *(row["area_label"] or "" for row in cells)}
        said = _('"{name}" is printed for no "{area}"').format(name=name, area=area)
        raise NotFound(said + nearest(area, areas))
    found = [row for row in of_area if period in (row["period"], str(row["year"]))]
    if not found:
        there = sorted({row["period"] for row in of_area if row["period"]})
        years = " to ".join(dict.fromkeys([*there[:1], *there[-1:]]))
        raise NotFound(f'"{name}" is not printed for {" ".join(where)}: there are {years}')
    return _node(reading, " ".join([f"{name},", *where]), found)


def _labels(reading: Reading, name: str) -> list[str]:
    """The headings of a name; without any that is the same, those that hold it."""
    labels = [
        row["label"]
        for row in reading.rows(
            "select distinct series_label as label from marts.printed_series "
            "where series_label is not null order by 1"
        )
    ]
    wanted, plain = label_key(name), squeeze(name).lower()
    found = [label for label in labels if wanted and label_key(label) == wanted]
    found = found or [label for label in labels if plain and plain in squeeze(label).lower()]
    if not found:
        known = (*reading.indicator_names, *reading.kinds, *reading.panel_columns, *labels)
        said = _('"{name}" is no indicator and no heading').format(name=name)
        raise NotFound(said + nearest(name, known))
    return found


def _is_of(reading: Reading, row: Record, area: str) -> bool:
    """Whether a cell is of an area, by its code, its name here or as it is printed."""
    wanted = label_key(area)
    codes = {wanted, reading.area_codes.get(wanted)}
    return row["area_code"] in codes - {None} or label_key(row["area_label"] or "") == wanted


def _node(reading: Reading, title: str, found: Sequence[Record]) -> Node:
    times = "once" if len(found) == 1 else f"{len(found)} times"
    inputs = tuple(_cell(reading, row) for row in found[:SHOWN])
    facts = {name: found[0][name] for name in ("series_label", "period", "area_code", "area_label")}
    return Node("printed", f"{title}: printed {times}", facts, inputs, len(found) - len(inputs))


def _cell(reading: Reading, row: Record) -> Node:
    sheet = row["locator"].rpartition("!")[0] or None
    notes = reading.notes.get((row["source_id"], row["snapshot_sha256"], sheet))
    facts = row | {"sheet": sheet, "indicator_label": row["series_label"], "notes": notes}
    facts |= {"correction": reading.correction(row)}
    label = cell_label(facts | dict.fromkeys(("factor", "cny_per_usd", "last_row_number")))
    area = row["area_label"] or reading.areas.get(row["area_code"])
    of = " ".join(filter(None, (area, row["period"])))
    held = "; its file is held back" if row["role"] == "held" else ""
    return Node(CELL, f"{of}: {label} ({row['rejection'] or _standing(row)}{held})", facts)


def _standing(row: Record) -> str:
    indicator = row["indicator_id"]
    return f"stands for {indicator}" if indicator else "no indicator stands for it"
