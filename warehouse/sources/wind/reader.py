"""Workbooks of the Wind economic database: one series a column, its facts above it, dates below.

Or the same on its side: one series a row, its facts in the first columns, dates across. Exports of
CEIC are laid out likewise, with nothing before the names of their series.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from warehouse.contract.cells import cell_record, column_letters
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import is_note, is_number, label_key, period_of
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    filled_cells,
    has_values,
    left_out,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
    texts,
)

# Labels of the first column, in Chinese and English; whatever else stands there is kept as it is.
_FACTS = {
    "name": {"指标名称", "指标", "indicatorname", "indicator", "name"},
    "frequency": {"频率", "频度", "frequency", "freq"},
    "unit": {"单位", "unit", "units"},
}
_ANNUAL = {"年", "年度", "年报", "annual", "annually", "yearly", "year", "a", "y"}
_ENDS_IN_DECEMBER = ',ending"dec"ofeachyear'  # as CEIC says of a calendar year
_MONTH = re.compile(r"(\d{1,2})/((?:19|20)\d{2})")
_HEADED_WITHIN = 40


@dataclass(frozen=True)
class _Series:
    """What stands above a column; `unit` is None where nothing does."""

    name: str
    frequency: str | None
    unit: str | None


def read(file: SourceFile) -> Reading:
    """The cells of a workbook. Raises Rejected if it has no annual series."""
    return read_each_sheet(
        file,
        _read_sheet,
        "a first column with 指标名称, 频率, 单位 (Indicator Name, Frequency, Unit) above dates, "
        "or a first row with them beside dates",
    )


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    rows = sheet.rows
    head = next((n for n, row in enumerate(rows[:_HEADED_WITHIN]) if _heads_rows(row)), None)
    if head is None:
        return _read_standing(sheet, file)
    end = max(number for number, row in enumerate(rows) if len(filled(row)) > 1) + 1
    width = max(map(len, rows[head:end]))
    turned = [[cell(row, column) for row in rows[head:end]] for column in range(width)]
    read = _read_table(turned, file, lambda row: f"row {head + row + 1}")
    if read is None:
        return None
    records = [
        record
        | {"row_number": record["column_number"] + head, "column_number": record["row_number"]}
        for record in read[0]
    ]
    outside = [*enumerate(rows[:head]), *enumerate(rows[end:], end)]
    return [*row_cells(outside), *records], read[1]


def _read_standing(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    """The cells of a sheet with series in columns, rows aside that a comma has moved."""
    facts = _facts(sheet.rows)
    moved = shifted_rows(sheet, facts["name"][0]) if "name" in facts else set()
    rows = [[] if number in moved else row for number, row in enumerate(sheet.rows)]
    read = _read_table(rows, file, lambda column: f"column {column_letters(column + 1)}")
    if read is None:
        return None
    records, remarks = read
    records += row_cells(((number, sheet.rows[number]) for number in sorted(moved)), "unused")
    columns = {one["column_number"] - 1 for one in records if one["role"] == "value"}
    dated = {one["row_number"] - 1 for one in records if one["role"] == "value"}
    first = min(dated, default=len(rows))
    undated = [
        number
        for number, row in enumerate(rows[first:], first)
        if number not in dated and has_values(row, columns)
    ]
    return records, [
        *remarks,
        *said_of_shifted(moved),
        *left_out(undated, "have values but no date"),
    ]


def _heads_rows(row: Row) -> bool:
    """Whether the series stand in the rows below: their facts and their dates have headings."""
    keys = {label_key(text).rstrip(":") for text in texts(row)}
    return bool(keys & _FACTS["name"]) and any(_date(text) for text in row)


def _read_table(
    rows: Sequence[Row], file: SourceFile, place: Callable[[int], str]
) -> tuple[list[dict], list[str]] | None:
    """The cells of a table with series in columns; `place` says where one stands in the sheet."""
    facts = _facts(rows)
    if "name" not in facts:
        return None
    name_row, first = facts["name"]
    dates = {number: date for number, row in enumerate(rows) if (date := _date(cell(row, first)))}
    body = min((number for number in dates if number > name_row), default=None)
    if body is None:
        raise Rejected(
            f"names series in row {name_row + 1} but has no dates below: export it again with one "
            "series a column and one date a row"
        )
    _check_one_table(rows[body:], first, body)
    series = _series(rows, facts)
    unsaid = file.declaration.frequency or _frequency(
        [date for number, date in dates.items() if number >= body]
    )
    annual = {
        column: one
        for column, one in series.items()
        if label_key(one.frequency or unsaid or "").removesuffix(_ENDS_IN_DECEMBER) in _ANNUAL
    }
    others = {place(column): one for column, one in sorted(series.items()) if column not in annual}
    remark = _not_annual(others, file)
    if not annual:
        raise Rejected(remark or f"has no name of a series in row {name_row + 1}: export it again")
    records = list(row_cells(enumerate(rows[:body]), "label"))
    records += _body(rows, body, first, annual, file)
    nameless = [
        place(column)
        for column in range(first + 1, max(map(len, rows)))
        if column not in series
        and any(is_number(cell(rows[n], column)) for n in dates if n >= body)
    ]
    remarks = [f"{', '.join(nameless)}: values that no series is named for, not taken"]
    return records, [*([remark] if remark else []), *(remarks if nameless else [])]


def _check_one_table(below: Sequence[Row], first: int, body: int) -> None:
    """Raise Rejected if further series are named below the dates, whose values are no others'."""
    for number, row in enumerate(below, body + 1):
        if label_key(cell(row, first) or "").rstrip(":") in _FACTS["name"]:
            raise Rejected(
                f"names series in line {number} once more, below the dates of others: put each "
                "table on a sheet of its own"
            )


def _date(text: str | None) -> str | None:
    """The date in a cell; an apostrophe before it keeps a spreadsheet from reading it."""
    return period_of(_MONTH.sub(r"\2-\1", (text or "").lstrip("'")))


def _frequency(dates: list[str]) -> str | None:
    """What the dates alone say: bare years, or several years by their last day, are annual."""
    years = {date[:4] for date in dates}
    ends = len(dates) == len(years) > 1 and all(date.endswith("-12-31") for date in dates)
    return "年" if ends or years == set(dates) else None


def _facts(rows: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """Row and column of the labels that say what each row above the dates holds."""
    found: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows[:_HEADED_WITHIN]):
        columns = filled(row)
        if not columns or _date(row[columns[0]]):
            continue
        key = label_key(row[columns[0]]).rstrip(":")
        for fact, labels in _FACTS.items():
            if key in labels:
                found.setdefault(fact, (number, columns[0]))
    if "frequency" in found and (names := _unheaded_names(rows, *found["frequency"])) is not None:
        found.setdefault("name", (names, found["frequency"][1]))
    return found


def _unheaded_names(rows: Sequence[Row], frequency: int, first: int) -> int | None:
    """The row of names above that of the frequencies, where nothing stands before them."""
    above = (number for number in range(frequency) if filled(rows[number])[:1] > [first])
    return next(above, None)


def _series(rows: Sequence[Row], facts: dict[str, tuple[int, int]]) -> dict[int, _Series]:
    """The series by their columns."""
    name_row, first = facts["name"]

    def fact(name: str, column: int) -> str | None:
        return cell(rows[facts[name][0]], column) if name in facts else None

    return {
        column: _Series(name, fact("frequency", column), fact("unit", column))
        for column, name in filled_cells(rows[name_row]).items()
        if column > first
    }


def _not_annual(series: Mapping[str, _Series], file: SourceFile) -> str | None:
    """What is left out, by its place: a value of December is no value of the year."""
    if not series:
        return None
    places: dict[str, list[str]] = defaultdict(list)
    for place, one in series.items():
        places[one.frequency or "no frequency"].append(place)
    listed = "; ".join(f"{name}: {', '.join(where)}" for name, where in places.items())
    declare = f", or write `frequency: 年` under `files: {file.name}:` in _edition.yml"
    return (
        f"has {len(series)} series that are not annual ({listed}), which are not taken: "
        f"export them with the frequency 年{declare if 'no frequency' in places else ''}"
    )


def _body(
    rows: Sequence[Row], body: int, first: int, annual: dict[int, _Series], file: SourceFile
) -> Iterator[dict]:
    """Values from the first date on; the last line names the source."""
    taken = _taken(rows, body, first, annual)
    for number, row in enumerate(rows[body:], body):
        period = _date(cell(row, first))
        if period is None:
            is_text = len(filled(row)) == 1 or any(is_note(text) for text in row)
            yield from row_cells([(number, row)], "note" if is_text else "unused")
            continue
        for column in range(max(len(row), max(annual) + 1)):
            text = cell(row, column)
            if (number, column) in taken:
                yield cell_record(
                    number,
                    column,
                    "value",
                    text,
                    indicator_label=annual[column].name,
                    unit_label=annual[column].unit or file.declaration.unit,
                    area_label=file.declaration.area,
                    period_label=period[:4],
                )
            elif text is not None:
                yield cell_record(number, column, "label" if column == first else "unused", text)


def _taken(
    rows: Sequence[Row], body: int, first: int, annual: dict[int, _Series]
) -> set[tuple[int, int]]:
    """The cells that are values of a year.

    Where monthly and annual series share the dates, eleven cells of an annual series are blank in
    a year that has a value: only a year without any value is missing, and its last cell says so.
    """
    dates: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows[body:], body):
        if period := _date(cell(row, first)):
            dates[period[:4]].append(number)
    taken = set()
    for column in annual:
        for numbers in dates.values():
            printed = [number for number in numbers if cell(rows[number], column) is not None]
            taken |= {(number, column) for number in printed or numbers[-1:]}
    return taken
