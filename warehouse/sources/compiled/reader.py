"""Compilations: long tables of which only the declared columns are taken."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from warehouse.contract.cells import address, block, printed, table
from warehouse.contract.editions import ColumnDeclaration
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import is_note, split_unit, squeeze, year_of
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.formats.workbooks import Rows
from warehouse.sources.tables import (
    Row,
    cell,
    filled_cells,
    has_values,
    left_out,
    open_declared_sheets,
    row_cells,
    shifted_rows,
)

_PROVINCES = 31
_HEADING_WITHIN = 50


@dataclass(frozen=True)
class _Wanted:
    """What is declared about a compilation."""

    year_column: str
    area_column: str | None
    columns: Mapping[str, ColumnDeclaration]


@dataclass(frozen=True)
class _Table:
    """The sheet that is taken: where its years, areas and declared columns stand.

    `ranks` are the places of rows within their year, where provinces are told by their order.
    """

    rows: Rows
    head: int
    headings: dict[int, str]
    columns: dict[int, dict]
    year_column: int
    area_column: int | None
    only_area: str | None
    ranks: dict[int, int]

    def year(self, number: int) -> str | None:
        return cell(self.rows[number], self.year_column)

    def area(self, number: int) -> str | None:
        if self.area_column is None:
            return self.only_area
        return cell(self.rows[number], self.area_column)


def read(file: SourceFile) -> Reading:
    """The cells of a compilation. Raises Rejected if nothing declared can be found in it."""
    wanted = _wanted(file)
    sheets = open_declared_sheets(file)
    chosen, head = _find_table(sheets, wanted, file)
    tables: list[pa.Table] = []
    remarks: list[str] = []
    for sheet in sheets:
        found: Iterable[dict | pa.Table] = row_cells(enumerate(sheet.rows), "unused")
        if sheet is chosen:
            found, remarks = _table_cells(sheet, head, wanted, file)
        tables.append(table(found, sheet.name))
    return Reading(pa.concat_tables(tables, promote_options="default"), tuple(remarks))


def _wanted(file: SourceFile) -> _Wanted:
    """What is declared. Raises Rejected if too little is."""
    declared = file.declaration
    has_area = declared.area_column or declared.area_order or declared.area
    if declared.year_column and declared.columns and has_area:
        return _Wanted(declared.year_column, declared.area_column, declared.columns)
    lacking = [key for key in ("year_column", "columns") if not getattr(declared, key)]
    if not has_area:
        lacking.append("area_column (or `area_order: gb2260`, or `area: 全国`)")
    raise Rejected(
        "is a compilation, of which only declared columns are taken: write "
        f"{', '.join(lacking)} under `files: {file.name}:` in _edition.yml"
    )


def _find_table(sheets: list[Sheet], wanted: _Wanted, file: SourceFile) -> tuple[Sheet, int]:
    """The first sheet that has the declared headings, and its heading row."""
    keys = [key for key in (wanted.year_column, wanted.area_column) if key]
    for needs_column in (True, False):
        for sheet in (sheet for sheet in sheets if not sheet.is_hidden):
            for number, row in enumerate(sheet.rows[:_HEADING_WITHIN]):
                headings = set(_headings(row).values())
                has_column = any(squeeze(name) in headings for name in wanted.columns)
                if has_column >= needs_column and {squeeze(key) for key in keys} <= headings:
                    return sheet, number
    named = " and ".join(f"`{key}`" for key in keys)
    raise Rejected(
        f"has no heading row with {named}: mend `year_column` and `area_column` under "
        f"`files: {file.name}:` in _edition.yml"
    )


def _headings(row: Row) -> dict[int, str]:
    return {column: squeeze(text) for column, text in filled_cells(row).items()}


def _table_cells(
    sheet: Sheet, head: int, wanted: _Wanted, file: SourceFile
) -> tuple[list[dict | pa.Table], list[str]]:
    """The cells of the sheet that is taken, and remarks on what is not taken of it."""
    table, remarks = _table_of(sheet, head, wanted, file)
    rows, shifted = table.rows, shifted_rows(sheet, head)
    whole = [number for number in range(head + 1, len(rows)) if number not in shifted]
    dated = [number for number in whole if year_of(table.year(number)) is not None]
    undated = sorted(set(whole) - set(dated))
    placed = [n for n in dated if table.area(n) is not None or n in table.ranks]
    placeless = sorted(set(dated) - set(placed))
    with_values = [
        n for n in undated if table.area(n) is not None and has_values(rows[n], table.columns)
    ]
    remarks += left_out(shifted, "have more cells than the heading row, as after an unquoted comma")
    remarks += left_out(placeless, f"have a year but no area in `{wanted.area_column}`")
    remarks += left_out(with_values, f"have values but no year in `{wanted.year_column}`")
    notes = {number for number in undated if any(is_note(text) for text in rows[number])}
    unused = sorted({*shifted, *undated, *placeless} - notes)
    return [
        *row_cells(enumerate(rows[: head + 1])),
        *_placed_cells(table, placed),
        *row_cells(((number, rows[number]) for number in sorted(notes)), "note"),
        *row_cells(((number, rows[number]) for number in unused), "unused"),
    ], remarks


def _table_of(
    sheet: Sheet, head: int, wanted: _Wanted, file: SourceFile
) -> tuple[_Table, list[str]]:
    """Where everything stands, and remarks on what of the declaration the table lacks."""
    headings = _headings(sheet.rows[head])
    columns, remarks = _declared_columns(headings, head, wanted)
    year = _position(headings, wanted.year_column)
    area = _position(headings, wanted.area_column) if wanted.area_column else None
    by_order = file.declaration.area_order is not None
    ranks = _positions_in_year(sheet.rows, head, year) if by_order else {}
    only_area = file.declaration.area
    return _Table(sheet.rows, head, headings, columns, year, area, only_area, ranks), remarks


def _placed_cells(table: _Table, numbers: list[int]) -> Iterator[pa.Table]:
    """Years and areas as labels, declared columns as values, other columns as undeclared."""
    of_rows: dict[str, list] = {
        "area_label": [table.area(number) for number in numbers],
        "area_position": [table.ranks.get(number) for number in numbers],
        "period_label": [table.year(number) for number in numbers],
    }
    places = (table.year_column, table.area_column)
    keys = sorted({place for place in places if place is not None} - table.columns.keys())
    width = max(len(table.rows[number]) for number in (table.head, *numbers))
    others = [column for column in range(width) if column not in {*table.columns, *keys}]
    names = {"indicator_label": [table.headings.get(column) for column in others]}
    said = list(table.columns.values())
    of_columns = {name: [one[name] for one in said] for name in said[0]}
    yield block(table.rows, numbers, list(table.columns), "value", of_rows, of_columns)
    yield printed(block(table.rows, numbers, others, "undeclared", of_rows, names))
    yield printed(block(table.rows, numbers, keys, "label"))


def _declared_columns(
    headings: dict[int, str], head: int, wanted: _Wanted
) -> tuple[dict[int, dict], list[str]]:
    """What is declared about each column by its position, and the declared columns not there."""
    columns: dict[int, dict] = {}
    remarks = []
    for name, declared in wanted.columns.items():
        found = [column for column, heading in headings.items() if heading == squeeze(name)]
        if len(found) != 1:
            places = " and ".join(address(head, column) for column in found)
            problem = f"stands in {places}" if found else "is not in its heading row"
            remarks.append(f"column `{name}` is declared but {problem}: mend it in _edition.yml")
            continue
        indicator, unit = split_unit(declared.indicator)
        columns[found[0]] = {
            "indicator_label": declared.indicator if declared.unit else indicator,
            "unit_label": declared.unit or unit,
            "series_vintage": declared.series_vintage,
            "obs_status": declared.obs_status,
        }
    if not columns:
        raise Rejected("; ".join(remarks))
    return columns, remarks


def _position(headings: dict[int, str], name: str) -> int:
    return next(column for column, heading in headings.items() if heading == squeeze(name))


def _positions_in_year(rows: Sequence[Row], head: int, year_column: int) -> dict[int, int]:
    """The place of each row within its year. Raises Rejected if a year has not 31 rows."""
    counts: Counter[int] = Counter()
    places = {}
    for number in range(head + 1, len(rows)):
        year = year_of(cell(rows[number], year_column))
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
