"""What the World Bank's site gives: countries in rows, years in columns, as CSV or workbook.

`API_<code>_...` of one indicator and the exports of DataBank, which may also have a row a country
and year; notes on the indicators beside them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

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
)

_HEADINGS = {
    "countrycode": "area_label",
    "countryname": "area_label_alt",
    **dict.fromkeys(("indicatorcode", "seriescode"), "indicator_label"),
    **dict.fromkeys(("indicatorname", "seriesname"), "indicator_name"),
}
# Of a table with a row a country and year
_TIME, _VALUE = ("time", "year"), "value"
_NOTES = {"indicator_code", "source_note"}
_YEAR = re.compile(r"((?:19|20)\d{2})(?: *\[YR\1\])?")


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
        if {"area_label", "indicator_label"} <= places.keys():
            return _table(sheet.rows, number, places, file)
    return None


def _table(
    rows: Sequence[Row], head: int, places: Mapping[str, int], file: SourceFile
) -> tuple[list[dict], list[str]]:
    """The values of every economy and group of economies."""
    years = {
        column: match[1]
        for column, text in filled_cells(rows[head]).items()
        if (match := _YEAR.fullmatch(text.strip()))
    }
    body = list(enumerate(rows[head + 1 :], head + 1))
    named = [row for row in body if cell(row[1], places["area_label"])]
    keys = {label_key(text): column for column, text in filled_cells(rows[head]).items()}
    time = next((keys[name] for name in _TIME if name in keys), None)
    if not years and time is not None and _VALUE in keys:
        return _long(rows, head, places, time, keys[_VALUE], file)
    if not (years and named):
        raise Rejected("holds no annual row: download it again with all countries and years")
    records = list(row_cells(enumerate(rows[: head + 1]), "label"))
    records += row_cells((row for row in body if not cell(row[1], places["area_label"])), "unused")
    for number, row in named:
        records += _row(number, row, years, places, file)
    return records, []


def _long(
    rows: Sequence[Row],
    head: int,
    places: Mapping[str, int],
    time: int,
    value: int,
    file: SourceFile,
) -> tuple[list[dict], list[str]]:
    """The values of a table with a row a country and year. Raises Rejected without a year."""
    records = list(row_cells(enumerate(rows[: head + 1]), "label"))
    undated: set[int] = set()
    taken = 0
    for number, row in enumerate(rows[head + 1 :], head + 1):
        year = _YEAR.fullmatch((cell(row, time) or "").strip())
        if not cell(row, places["area_label"]) or year is None:
            undated |= {number} if cell(row, value) is not None else set()
            records += row_cells([(number, row)], "unused")
            continue
        records += _row(number, row, {value: year[1]}, places, file)
        taken += 1
    if not taken:
        raise Rejected("holds no annual row: download it again with all countries and years")
    return records, left_out(undated, "have a value but no country or year")


def _row(
    number: int, row: Row, years: Mapping[int, str], places: Mapping[str, int], file: SourceFile
) -> Iterator[dict]:
    said = {label: cell(row, column) for label, column in places.items()}
    unit = file.declaration.unit or unit_in(said.pop("indicator_name", None))
    for column in sorted(filled_cells(row).keys() | years.keys()):
        text = cell(row, column)
        if column in years:
            labels = {**said, "unit_label": unit, "period_label": years[column]}
            yield cell_record(number, column, "value", text, **labels)
        else:
            yield cell_record(number, column, "label", text)
