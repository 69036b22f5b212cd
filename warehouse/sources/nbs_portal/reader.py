"""The national data portal: its exports, old and new, and archived answers of its two APIs.

Exports may be Chinese or English, also with a lost preamble. A table has three dimensions: area,
indicator and period. Two of them stand in its rows and columns, the third in the preamble or in
the declaration.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from warehouse.contract.cells import address, cell_record, table
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    is_area_heading,
    is_part_of_year,
    is_period_heading,
    is_subject_heading,
    split_unit,
    year_of,
    years_in,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.json_text import is_json, open_json
from warehouse.formats.sheets import Sheet
from warehouse.sources import yearbooks
from warehouse.sources.nbs_portal import former_api, present_api
from warehouse.sources.nbs_portal.responses import Cells, remark_on_periods
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    filled_cells,
    has_values,
    left_out,
    opens_notes,
    read_each_sheet,
    row_cells,
    shifted_rows,
    texts,
)

_PREAMBLE = {
    "database": re.compile(r"\s*(?:数据库|database)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "indicator": re.compile(r"\s*(?:指标|indicators?)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "period": re.compile(r"\s*(?:时间|time|period)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "area": re.compile(r"\s*(?:地区|region|area|province)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "unit": re.compile(r"\s*(?:单位|unit)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
}
_WITHIN_YEAR = re.compile(r"[月季]|半年|month|quarter|[QH][1-4]", re.IGNORECASE)
_MENDS = {
    "indicator": "names no indicator (no line 指标：): write `indicator: ...` and `unit: ...`",
    "area": "has indicators in its rows and names no province (no line 地区：): write `area: ...`",
    "period": "names no single year (line 时间：): write `year: YYYY`",
}


def read(file: SourceFile) -> Reading:
    """The cells of a file. Raises Rejected if one of the three dimensions is unknown."""
    if is_json(file.data, file.name):
        return _read_answers(file)
    return read_each_sheet(
        file,
        _read_sheet,
        "a heading row such as `地区, 2022年, 2021年` (Region, 2022, 2021)",
    )


def _read_answers(file: SourceFile) -> Reading:
    """The cells of one answer of an API, or of a list of answers; a bad one stops no other."""
    content = open_json(file.data)
    answers = {"": content}
    if isinstance(content, list):
        answers = {f"[{number}].": answer for number, answer in enumerate(content)}
    records, remarks, refusals = [], [], []
    for path, answer in answers.items():
        try:
            found, remarks_here = _read_answer(answer, path, file)
        except Rejected as refusal:
            refusals.append(f"{path.rstrip('.')} {refusal}".strip())
            continue
        records += found
        remarks += remarks_here
    if not any(record["role"] == "value" for record in records):
        said = "; ".join([*refusals, *remarks]) or "is an empty list: fetch it again"
        raise Rejected(said if not records else f"holds no value: {said}")
    remarks += [
        f"the declared `{key}` is not used: an answer of the API says it itself"
        for key in ("sheet", "indicator", "year")
        if getattr(file.declaration, key) is not None
    ]
    return Reading(table(records), (*remarks, *refusals))


def _read_answer(answer: object, path: str, file: SourceFile) -> Cells:
    for api in (former_api, present_api):
        if api.is_answer(answer):
            return api.read(answer, path, file.declaration)
    raise Rejected(
        "is JSON but no answer of the portal: expected `returndata.datanodes` (its former API) "
        "or `data` with `values` (its present one)"
    )


@dataclass(frozen=True)
class _Layout:
    """Which dimension stands where: `across` are the column headings, `fixed` the rest."""

    label_column: int
    row_axis: str
    column_axis: str
    across: dict[int, str]
    fixed: dict[str, str]


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    """The tables of a sheet, one below the other; the first that lacks something is refused."""
    rows = sheet.rows
    first = next((number for number, row in enumerate(rows) if _is_heading(row)), None)
    if first is None:
        return None
    if _is_of_a_yearbook(rows[:first], file):
        return yearbooks.read_sheet(sheet, file)
    later = (number for number in range(first + 1, len(rows)) if _is_repeated_heading(rows[number]))
    heads = [first, *later]
    starts = [0, *(_preamble_start(rows, *pair) for pair in pairwise(heads))]
    records: list[dict] = []
    remarks: list[str] = []
    preamble: dict[str, str] = {}
    for head, start, end in zip(heads, starts, [*starts[1:], len(rows)], strict=True):
        own = _preamble(rows[start:head])
        preamble = own if own or head == first else preamble
        records += row_cells(enumerate(rows[start : head + 1], start))
        try:
            layout = _layout(head, rows[head], _fixed(file, preamble), file)
        except Rejected as refusal:
            if head == first:
                raise
            records += row_cells(enumerate(rows[head + 1 : end], head + 1), "unused")
            remarks.append(f"the table in row {head + 1} {refusal}")
            continue
        found, said = _body(sheet, head, end, layout, preamble, file)
        records += found
        remarks += _strays(head, rows[head], layout, file) + said
    periods = [one["period_label"] for one in records if one["role"] == "value"]
    return records, remarks + remark_on_periods([one for one in periods if year_of(one) is None])


def _is_of_a_yearbook(above: Sequence[Row], file: SourceFile) -> bool:
    """Whether a sheet prints a yearbook's numbered table, which has its own layout: 7-6 …."""
    numbered = any(yearbooks.is_numbered_title(text) for row in above for text in texts(row))
    return numbered and file.declaration.indicator is None


def _is_repeated_heading(row: Row) -> bool:
    """Whether a row below the first heading is one: by a word, for values may look like years."""
    columns = filled(row)
    return len(columns) > 1 and _axis_of(row[columns[0]]) is not None


def _preamble_start(rows: Sequence[Row], previous: int, head: int) -> int:
    """The first of the lines above a heading row, and below the one before, about its table."""
    start = head
    while start > previous + 1 and _preamble([rows[start - 1]]):
        start -= 1
    return start


def _strays(head: int, headings: Row, layout: _Layout, file: SourceFile) -> list[str]:
    """Remarks on headings that are not used."""
    strays = [
        f"column {address(head, column)} ({text}) is headed by no year: not taken"
        for column, text in enumerate(headings)
        if text and column > layout.label_column and column not in layout.across
    ]
    if file.declaration.indicator and "indicator" not in layout.fixed:
        strays.append("the declared `indicator` is not used: the table names its own indicators")
    return strays


def _body(
    sheet: Sheet, head: int, end: int, layout: _Layout, preamble: dict[str, str], file: SourceFile
) -> tuple[list[dict], list[str]]:
    """Values with their labels down to the notes, and remarks on rows that are not taken."""
    records: list[dict] = []
    shifted = [number for number in shifted_rows(sheet, head) if number < end]
    nameless, below_notes = [], []
    in_notes = False
    for number in range(head + 1, end):
        row = sheet.rows[number]
        label = cell(row, layout.label_column)
        in_notes = in_notes or opens_notes(row)
        if in_notes:
            if label is not None and has_values(row, layout.across):
                below_notes.append(number)
            records += row_cells([(number, row)], "note")
        elif label is None or number in shifted:
            if label is None and has_values(row, layout.across):
                nameless.append(number)
            records += row_cells([(number, row)], "unused")
        else:
            records += _row(number, row, label, layout, preamble, file)
    return records, [
        *left_out(shifted, "have more cells than the heading row, as after an unquoted comma"),
        *left_out(nameless, "have values but no name"),
        *left_out(below_notes, "have values but stand below the notes"),
    ]


def _row(
    number: int, row: Row, label: str, layout: _Layout, preamble: dict[str, str], file: SourceFile
) -> Iterator[dict]:
    """The label and the values of a row; what has no heading is unused."""
    yield cell_record(number, layout.label_column, "label", label)
    for column in sorted(layout.across.keys() | set(filled(row)) - {layout.label_column}):
        text = cell(row, column)
        if column not in layout.across:
            yield cell_record(number, column, "unused", text)
            continue
        place = {layout.row_axis: label, layout.column_axis: layout.across[column]}
        labels = _labels(layout.fixed | place, preamble, file)
        yield cell_record(number, column, "value", text, **labels)


def _layout(head: int, headings: Row, fixed: dict[str, str], file: SourceFile) -> _Layout:
    """Where the dimensions of a table stand. Raises Rejected if one of them is nowhere."""
    label_column = _label_column(headings)
    for column in filled(headings):
        if column > label_column + 1 and _axis_of(headings[column]) is not None:
            raise Rejected(
                f"has two tables side by side, {address(head, column)} opens the second: "
                "put each on a sheet or in a file of its own"
            )
    across = {
        column: text for column, text in filled_cells(headings).items() if column > label_column
    }
    row_axis, column_axis = _axes(cell(headings, label_column), across, fixed)
    missing = {"area", "indicator", "period"} - {row_axis, column_axis} - fixed.keys()
    if missing:
        raise Rejected(f"{_MENDS[missing.pop()]} under `files: {file.name}:` in _edition.yml")
    if column_axis == "period":
        across = {column: text for column, text in across.items() if _is_period(text)}
    fixed = {name: text for name, text in fixed.items() if name not in (row_axis, column_axis)}
    return _Layout(label_column, row_axis, column_axis, across, fixed)


def _is_heading(row: Row) -> bool:
    """Whether a row heads the table: a word for areas, indicators or periods, or years only."""
    columns = filled(row)
    if len(columns) > 1 and _axis_of(row[columns[0]]) is not None:
        return True
    is_period = _is_period if len(columns) > 1 else year_of  # a date alone is that of a page
    years = [column for column in columns if is_period(row[column])]
    return columns[-len(years) :] == years and len(columns) - len(years) <= 1 if years else False


def _label_column(headings: Row) -> int:
    first = filled(headings)[0]
    return first - 1 if first > 0 and _is_period(headings[first]) else first


def _is_period(text: str | None) -> bool:
    return year_of(text) is not None or is_part_of_year(text)


def _axis_of(corner: str | None) -> str | None:
    """The dimension that a heading above the row labels announces."""
    if corner is None:
        return None
    if is_area_heading(corner):
        return "area"
    if is_subject_heading(corner):
        return "indicator"
    return "period" if is_period_heading(corner) else None


def _axes(corner: str | None, across: dict[int, str], fixed: dict[str, str]) -> tuple[str, str]:
    """Which dimensions stand in the rows and in the columns."""
    announced = _axis_of(corner)
    if any(map(_is_period, across.values())):
        if announced in ("area", "indicator"):
            return announced, "period"
        return ("indicator" if "area" in fixed and "indicator" not in fixed else "area"), "period"
    if announced == "period":
        return "period", "area" if "indicator" in fixed else "indicator"
    return ("indicator", "area") if announced == "indicator" else ("area", "indicator")


def _preamble(rows: Sequence[Row]) -> dict[str, str]:
    """What the lines above the table say, found by their first word in whatever order."""
    said: dict[str, str] = {}
    for row in rows:
        printed = texts(row)
        for text, following in zip(printed, [*printed, ""][1:], strict=True):
            for name, pattern in _PREAMBLE.items():
                if match := pattern.fullmatch(text):
                    said.setdefault(name, match[1].strip() or following.strip())
    return {name: text for name, text in said.items() if text}


def _fixed(file: SourceFile, preamble: dict[str, str]) -> dict[str, str]:
    """The dimensions that hold for the whole table; a declaration wins over the preamble."""
    declared = file.declaration
    printed = preamble.get("period", "")
    years = [printed] if _WITHIN_YEAR.search(printed) else years_in(printed)
    fixed = {
        "indicator": declared.indicator or preamble.get("indicator"),
        "area": declared.area or preamble.get("area"),
        "period": str(declared.year or (years[0] if len(years) == 1 else "")),
    }
    return {name: text for name, text in fixed.items() if text}


def _labels(dimensions: dict[str, str], preamble: dict[str, str], file: SourceFile) -> dict:
    indicator, unit = split_unit(dimensions["indicator"])
    if unit is None and file.declaration.indicator:
        unit = split_unit(preamble.get("indicator", ""))[1]
    return {
        "table_title": preamble.get("database"),
        "indicator_label": indicator,
        "unit_label": file.declaration.unit or unit or preamble.get("unit"),
        "area_label": dimensions["area"],
        "period_label": dimensions["period"],
    }
