"""What the World Bank's site gives: countries in rows, years in columns, as CSV or workbook.

`API_<code>_...` of one indicator and the exports of DataBank, which have countries, series or years
in columns, or each value in a row of its own; notes on the indicators beside them.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from warehouse.contract.cells import cell_record
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import label_key, split_unit
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import WESTERN_ENCODING, Sheet
from warehouse.sources.tables import (
    Row,
    cell,
    filled_cells,
    left_out,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
)

_HEADINGS = {
    "countrycode": "area_label",
    "countryname": "area_label_alt",
    **dict.fromkeys(("indicatorcode", "seriescode"), "indicator_label"),
    **dict.fromkeys(("indicatorname", "seriesname"), "indicator_name"),
    **dict.fromkeys(("time", "year"), "period_label"),
}
_DIMENSIONS = {"area_label", "indicator_label", "period_label"}
_NOTES = {"indicator_code", "source_note"}
_YEAR = re.compile(r"((?:19|20)\d{2})(?: *\[YR\1\])?")
# What heads a column of one series or country: "GDP (current US$) [NY.GDP.MKTP.CD]"
_NAMED = re.compile(r"(?P<name>.*\S)\s*\[(?P<code>[\w.]+)\]")
_NAME_OF = {"indicator_label": "indicator_name", "area_label": "area_label_alt"}

# What a column or a row says of its values
Said = Mapping[str, str | None]


def read(file: SourceFile) -> Reading:
    """The cells of a download. Raises Rejected if no row of a year is in it."""
    return read_each_sheet(
        file,
        _read_sheet,
        "a heading row with Country Code, Indicator Code and years, or the answer of api v2 with "
        "format=json (the list of countries beside an API_ file is not needed)",
        encoding=WESTERN_ENCODING,
    )


def unit_in(name: str | None) -> str | None:
    """The unit in an indicator's name: "ICT service exports (% of service exports, BoP)" -> "%".

    A name without a unit is that of a count: "Population, total" -> "number".
    """
    if not name:
        return None
    return "%" if "(%" in name else split_unit(name)[1] or "number"


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    for number, row in enumerate(sheet.rows):
        keys = {column: label_key(text) for column, text in filled_cells(row).items()}
        if set(keys.values()) >= _NOTES:
            return list(row_cells(enumerate(sheet.rows), "note")), []
        places = {_HEADINGS[key]: column for column, key in keys.items() if key in _HEADINGS}
        across = _across(row, places.keys())
        if across or {"area_label", "indicator_label"} <= places.keys():
            return _table(sheet, number, places, across, file)
    return None


def _across(headings: Row, in_rows: Collection[str]) -> dict[int, Said]:
    """The columns of values: those of the one dimension that does not stand in rows."""
    missing = _DIMENSIONS - set(in_rows)
    if len(missing) > 1:
        return {}
    said = {
        column: _said_above(text, next(iter(missing), None))
        for column, text in filled_cells(headings).items()
    }
    return {column: labels for column, labels in said.items() if labels is not None}


def _said_above(heading: str, dimension: str | None) -> Said | None:
    """What a heading says of its column; None if that is not of values."""
    if dimension is None:
        return {} if label_key(heading) == "value" else None
    if dimension == "period_label":
        year = _YEAR.fullmatch(heading.strip())
        return {dimension: year[1]} if year else None
    named = _NAMED.fullmatch(heading.strip())
    return {dimension: named["code"], _NAME_OF[dimension]: named["name"]} if named else None


def _table(
    sheet: Sheet,
    head: int,
    places: Mapping[str, int],
    across: Mapping[int, Said],
    file: SourceFile,
) -> tuple[list[dict], list[str]]:
    """The values of every economy and group of economies. Raises Rejected without a year."""
    rows, moved = sheet.rows, shifted_rows(sheet, head)
    records = list(row_cells(enumerate(rows[: head + 1]), "label"))
    incomplete: set[int] = set()
    taken = 0
    for number, row in enumerate(rows[head + 1 :], head + 1):
        said = None if number in moved else _said_beside(row, places)
        if said is None:
            incomplete |= {number} if any(cell(row, column) for column in across) else set()
            records += row_cells([(number, row)], "unused")
            continue
        records += _row(number, row, said, across, file)
        taken += 1
    if not (across and taken):
        raise Rejected("holds no annual row: download it again with all countries and years")
    return records, [
        *said_of_shifted(moved),
        *left_out(incomplete - moved, "have a value but no country or year"),
    ]


def _said_beside(row: Row, places: Mapping[str, int]) -> dict[str, str | None] | None:
    """What a row says of its values; None if it lacks its country or year."""
    said = {label: cell(row, column) for label, column in places.items()}
    if "period_label" in said:
        year = _YEAR.fullmatch((said["period_label"] or "").strip())
        said["period_label"] = year[1] if year else None
    is_whole = all(said.get(label, "elsewhere") for label in ("area_label", "period_label"))
    return said if is_whole else None


def _row(
    number: int, row: Row, said: Said, across: Mapping[int, Said], file: SourceFile
) -> Iterator[dict]:
    for column in sorted(filled_cells(row).keys() | across.keys()):
        text = cell(row, column)
        if column not in across:
            yield cell_record(number, column, "label", text)
            continue
        labels = {**said, **across[column]}
        unit = file.declaration.unit or unit_in(labels.pop("indicator_name", None))
        yield cell_record(number, column, "value", text, **labels, unit_label=unit)
