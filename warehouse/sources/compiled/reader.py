"""Compilations: tables by third parties, of which only what is declared is taken."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import pyarrow as pa

from warehouse.contract.cells import block, printed
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import is_note, is_unit, squeeze, year_of, years_of
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.formats.workbooks import Rows
from warehouse.sources.compiled.layouts import Layout, layout_of, years_across
from warehouse.sources.tables import (
    cell,
    has_values,
    left_out,
    open_declared_sheets,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
)

_PROVINCES = 31
# The first two digits of the codes of provinces (GB/T 2260), by which panels of micro data go
_FIRST_DIGITS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
_CODES = {str(code) for first, last in _FIRST_DIGITS for code in range(first, last + 1)}


@dataclass(frozen=True)
class _Table:
    """A table and its rows; `years` are those that the column of years holds, row by row.

    `ranks` are the places of rows where provinces are told by their order.
    """

    rows: Rows
    layout: Layout
    only_area: str | None
    years: Sequence[int | None]
    ranks: dict[int, int]

    def year(self, number: int) -> str | None:
        if self.layout.year is None:
            return self.layout.only_year
        text, year = cell(self.rows[number], self.layout.year), self.years[number]
        return text if year is None or year_of(text) else str(year)

    def area(self, number: int) -> str | None:
        if self.layout.area is None:
            return self.only_area
        return cell(self.rows[number], self.layout.area)

    def is_dated(self, number: int, last: int) -> bool:
        """Whether a row is one of a year, or, where years stand elsewhere, above the last value."""
        if self.layout.year is None:
            return number <= last and not any(map(is_note, self.rows[number][:1]))
        return self.years[number] is not None

    def is_placed(self, number: int) -> bool:
        is_across = any("area_label" in labels for labels in self.layout.columns.values())
        return is_across or self.area(number) is not None or number in self.ranks

    def is_named(self, number: int) -> bool:
        """Whether the indicator in a row, if one stands there, is declared."""
        names = self.layout.by_name
        return names is None or squeeze(self.indicator(number) or "") in names

    def indicator(self, number: int) -> str | None:
        column = self.layout.indicator
        return None if column is None else cell(self.rows[number], column)


def read(file: SourceFile) -> Reading:
    """The cells of a compilation. Raises Rejected if nothing declared can be found in it."""
    declared = file.declaration
    if not (declared.columns or declared.indicator):
        raise Rejected(_undeclared(file))
    keys = [f"`{key}`" for key in (declared.year_column, declared.area_column) if key]
    return read_each_sheet(
        file,
        _read_sheet,
        f"a heading row with {' and '.join(keys) or 'areas, years or the declared `columns`'}: "
        "mend `year_column` (or `year: YYYY` for all rows), `area_column` and `columns` (of a wide "
        "table, with years or areas in columns: `indicator` and `unit`) under "
        f"`files: {file.name}:` in _edition.yml",
        is_compiled=True,
    )


def _undeclared(file: SourceFile) -> str:
    """What to declare for a file of which nothing is."""
    place = f"under `files: {file.name}:` in _edition.yml"
    for sheet in open_declared_sheets(file):
        if not sheet.is_hidden and (found := years_across(sheet.rows)):
            years = sorted(found[1].values())
            return (
                f"is a wide table with years in columns ({years[0]} to {years[-1]}): write "
                f"`indicator: ...` and `unit: ...` {place}, or `columns` if it shows several "
                "indicators"
            )
    return (
        "is a compilation, of which only declared columns are taken: write `year_column`, "
        "`columns`, `area_column` (or `area_order: gb2260`, or `area: 全国`; for one year `year`; "
        f"for a wide table `indicator` and `unit`) {place}"
    )


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict | pa.Table], list[str]] | None:
    layout = layout_of(sheet, file)
    if layout is None:
        return None
    rows, head = sheet.labelled((layout.area, layout.year, layout.indicator)), layout.head
    by_order = file.declaration.area_order is not None
    years = _years_of_rows(rows, layout)
    ranks = _positions_in_year(rows, layout, years) if by_order else {}
    table = _Table(rows, layout, file.declaration.area, years, ranks)
    shifted = shifted_rows(sheet, head)
    whole = [number for number in range(head + 1, len(rows)) if number not in shifted]
    last = max((n for n in whole if has_values(rows[n], layout.columns)), default=head)
    dated = [number for number in whole if table.is_dated(number, last)]
    placed = [number for number in dated if table.is_placed(number)]
    notes = {n for n in set(whole) - set(placed) if any(map(is_note, rows[n]))}
    unused = sorted({*range(head + 1, len(rows))} - set(placed) - notes)
    return [
        *row_cells(enumerate(rows[: head + 1])),
        *_placed_cells(table, placed),
        *row_cells(((number, rows[number]) for number in sorted(notes)), "note"),
        *row_cells(((number, rows[number]) for number in unused), "unused"),
    ], [*layout.remarks, *_rows_left_out(table, shifted, set(whole), set(dated))]


def _rows_left_out(table: _Table, shifted: set[int], whole: set[int], dated: set[int]) -> list[str]:
    """Remarks on rows that have values and are not taken."""
    layout = table.layout
    area = layout.headings.get(layout.area or 0)
    placeless = sorted(number for number in dated if not table.is_placed(number))
    if layout.year is None:
        placeless = [n for n in placeless if has_values(table.rows[n], layout.columns)]
    undated = [
        number
        for number in sorted(whole - dated)
        if table.area(number) is not None and has_values(table.rows[number], layout.columns)
    ]
    unnamed = sorted(n for n in dated if table.is_placed(n) and not table.is_named(n))
    return [
        *said_of_shifted(shifted),
        *left_out(placeless, f"have a year but no area in `{area}`"),
        *left_out(undated, _undated(table, undated)),
        *left_out(unnamed, "show an indicator that is not declared in `columns`"),
    ]


def _undated(table: _Table, numbers: list[int]) -> str:
    """What is said of rows that have values and no year, with what stands in its place."""
    heading = table.layout.headings.get(table.layout.year or 0)
    shown = next(filter(None, map(table.year, numbers)), None)
    if shown is None:
        return f"have values but no year in `{heading}`"
    return f'have values but no year in `{heading}`, such as "{shown}": write years like 2020'


def _placed_cells(table: _Table, numbers: list[int]) -> Iterator[pa.Table]:
    """Years and areas as labels, declared columns as values, other columns as undeclared."""
    layout = table.layout
    undeclared = [number for number in numbers if not table.is_named(number)]
    numbers = [number for number in numbers if table.is_named(number)]
    yield from _of_undeclared_indicators(table, undeclared)
    if not numbers:
        return
    of_rows: dict[str, list] = {
        "area_label": [table.area(number) for number in numbers],
        "area_position": [table.ranks.get(number) for number in numbers],
        "period_label": [table.year(number) for number in numbers],
    }
    if codes := _keys_of_codes(of_rows["area_label"]):
        of_rows["area_key"] = codes
    if layout.by_name is not None:
        said = [layout.by_name[squeeze(table.indicator(number) or "")] for number in numbers]
        of_rows |= {name: [one[name] for one in said] for name in said[0]}
    columns = list(layout.columns)
    first = layout.columns[columns[0]]
    of_columns = {name: [layout.columns[column][name] for column in columns] for name in first}
    if layout.unit is not None:
        declared = of_rows.get("unit_label") or of_columns.pop("unit_label")
        of_rows["unit_label"] = _units_of_rows(table, numbers, declared)
    of_rows = {name: said for name, said in of_rows.items() if name not in of_columns}
    places = (layout.year, layout.area, layout.indicator, layout.unit)
    keys = sorted({place for place in places if place is not None} - layout.columns.keys())
    width = max(len(table.rows[number]) for number in (layout.head, *numbers))
    others = [column for column in range(width) if column not in {*columns, *keys}]
    names = {"indicator_label": [layout.headings.get(column) for column in others]}
    rest = {name: said for name, said in of_rows.items() if name != "indicator_label"}
    yield block(table.rows, numbers, columns, "value", of_rows, of_columns)
    yield printed(block(table.rows, numbers, others, "undeclared", rest, names))
    yield printed(block(table.rows, numbers, keys, "label"))


def _units_of_rows(table: _Table, numbers: list[int], declared: list) -> list[str | None]:
    """The unit that stands in each row, else the declared one: of what is no unit, that one."""
    units = []
    for number, other in zip(numbers, cycle(declared)):
        own = cell(table.rows[number], table.layout.unit or 0)
        units.append(own if other is None or is_unit(own) else other)
    return units


def _keys_of_codes(areas: Sequence[str | None]) -> list[str] | None:
    """The keys of provinces that go by two digits; None unless all do, for others only count."""
    digits = [squeeze(area or "") for area in areas]
    return [f"{code}0000" for code in digits] if _CODES.issuperset(digits) else None


def _of_undeclared_indicators(table: _Table, numbers: list[int]) -> Iterator[pa.Table]:
    """The rows whose indicator nothing declares, as printed."""
    if not numbers:
        return
    of_rows = {
        "area_label": [table.area(number) for number in numbers],
        "indicator_label": [table.indicator(number) for number in numbers],
    }
    columns = list(table.layout.columns)
    years = {}
    if any(table.layout.columns.values()):
        years["period_label"] = [one["period_label"] for one in table.layout.columns.values()]
    else:
        of_rows["period_label"] = [table.year(number) for number in numbers]
    others = set(range(max(len(table.rows[number]) for number in numbers))) - set(columns)
    yield printed(block(table.rows, numbers, columns, "undeclared", of_rows, years))
    yield printed(block(table.rows, numbers, sorted(others), "label"))


def _years_of_rows(rows: Rows, layout: Layout) -> list[int | None]:
    """The year of each row below the headings, where a column has them."""
    if layout.year is None:
        return [None] * len(rows)
    body = layout.head + 1
    return [None] * body + years_of([cell(row, layout.year) for row in rows[body:]])


def _positions_in_year(rows: Rows, layout: Layout, years: Sequence[int | None]) -> dict[int, int]:
    """The place of each row within its year. Raises Rejected if a year has not 31 rows."""
    counts: Counter[str] = Counter()
    places = {}
    for number in range(layout.head + 1, len(rows)):
        year = str(years[number] or "") or _year_elsewhere(rows[number], layout)
        if year is not None:
            counts[year] += 1
            places[number] = counts[year]
    for year, count in sorted(counts.items()):
        if count != _PROVINCES:
            raise Rejected(
                f"is declared `area_order: gb2260`, but {year} has {count} rows and not "
                f"{_PROVINCES}: name the provinces in a column and declare it as `area_column`"
            )
    return places


def _year_elsewhere(row: Sequence[str | None], layout: Layout) -> str | None:
    """The year of a row with values where years do not stand in rows."""
    if layout.year is not None or not has_values(row, layout.columns):
        return None
    return layout.only_year or "the table"
