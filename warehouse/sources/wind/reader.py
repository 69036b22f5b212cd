"""Workbooks of the Wind economic database: one series a column, its facts above it, dates below."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warehouse.contract.cells import cell_record, column_letters
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import is_note, label_key, period_of, year_of
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    filled_cells,
    read_each_sheet,
    row_cells,
)

# Labels of the first column, in Chinese and English; whatever else stands there is kept as it is.
_FACTS = {
    "name": {"指标名称", "指标", "indicatorname", "indicator", "name"},
    "frequency": {"频率", "频度", "frequency", "freq"},
    "unit": {"单位", "unit", "units"},
}
_ANNUAL = {"年", "年度", "年报", "annual", "annually", "yearly", "year", "a", "y"}
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
        "a first column with 指标名称, 频率, 单位 (Indicator Name, Frequency, Unit) above dates",
    )


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    facts = _facts(sheet.rows)
    if "name" not in facts:
        return None
    name_row, first = facts["name"]
    body = next(
        (n for n, row in enumerate(sheet.rows) if n > name_row and period_of(cell(row, first))),
        None,
    )
    if body is None:
        raise Rejected(
            f"names series in row {name_row + 1} but has no dates below: export it again with one "
            "series a column and one date a row"
        )
    series = _series(sheet.rows, facts)
    bare_years = all(
        year_of(date) for row in sheet.rows[body:] if period_of(date := cell(row, first))
    )
    annual = {
        column: one
        for column, one in series.items()
        if (bare_years if one.frequency is None else label_key(one.frequency) in _ANNUAL)
    }
    remark = _not_annual({column: series[column] for column in series.keys() - annual.keys()})
    if not annual:
        raise Rejected(remark or f"has no name of a series in row {name_row + 1}: export it again")
    records = list(row_cells(enumerate(sheet.rows[:body]), "label"))
    records += _body(sheet.rows, body, first, annual, file)
    return records, [remark] if remark else []


def _facts(rows: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """Row and column of the labels that say what each row above the dates holds."""
    found: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows[:_HEADED_WITHIN]):
        columns = filled(row)
        if not columns or period_of(row[columns[0]]):
            continue
        key = label_key(row[columns[0]]).rstrip(":")
        for fact, labels in _FACTS.items():
            if key in labels:
                found.setdefault(fact, (number, columns[0]))
    return found


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


def _not_annual(series: dict[int, _Series]) -> str | None:
    """What is left out: a value of December is no value of the year."""
    if not series:
        return None
    frequencies: dict[str, list[str]] = {}
    for column, one in sorted(series.items()):
        frequencies.setdefault(one.frequency or "no frequency", []).append(
            column_letters(column + 1)
        )
    listed = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in frequencies.items())
    return (
        f"has {len(series)} series that are not annual ({listed}), which are not taken: "
        "export them with the frequency 年"
    )


def _body(
    rows: Sequence[Row], body: int, first: int, annual: dict[int, _Series], file: SourceFile
) -> Iterator[dict]:
    """Values from the first date on; the last line names the source."""
    taken = _taken(rows, body, first, annual)
    for number, row in enumerate(rows[body:], body):
        period = period_of(cell(row, first))
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
        if period := period_of(cell(row, first)):
            dates[period[:4]].append(number)
    taken = set()
    for column in annual:
        for numbers in dates.values():
            printed = [number for number in numbers if cell(rows[number], column) is not None]
            taken |= {(number, column) for number in printed or numbers[-1:]}
    return taken
