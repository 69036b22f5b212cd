"""Compilations: long tables of which only the declared columns are taken."""

from collections import Counter

import pyarrow as pa

from warehouse.contract.cells import address, cell_record, table
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import is_note, split_unit, squeeze, year_of
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    has_values,
    left_out,
    open_declared_sheets,
    row_cells,
    shifted_rows,
)

_PROVINCES = 31
_HEADING_WITHIN = 50


def read(file: SourceFile) -> Reading:
    """The cells of a compilation. Raises Rejected if nothing declared can be found in it."""
    _check_declaration(file)
    sheets = open_declared_sheets(file)
    chosen, head = _find_table(sheets, file)
    tables: list[pa.Table] = []
    remarks: list[str] = []
    for sheet in sheets:
        if sheet is chosen:
            found, remarks = _table_cells(sheet, head, file)
        else:
            found = row_cells(enumerate(sheet.rows), "unused")
        tables.append(table(found, sheet.name))
    return Reading(pa.concat_tables(tables, promote_options="default"), tuple(remarks))


def _check_declaration(file: SourceFile) -> None:
    declared = file.declaration
    lacking = [key for key in ("year_column", "columns") if not getattr(declared, key)]
    if not (declared.area_column or declared.area_order or declared.area):
        lacking.append("area_column (or `area_order: gb2260`, or `area: 全国`)")
    if lacking:
        raise Rejected(
            "is a compilation, of which only declared columns are taken: write "
            f"{', '.join(lacking)} under `files: {file.name}:` in _edition.yml"
        )


def _find_table(sheets: list[Sheet], file: SourceFile) -> tuple[Sheet, int]:
    """The first sheet that has the declared headings, and its heading row."""
    declared = file.declaration
    keys = [declared.year_column, *filter(None, [declared.area_column])]
    for needs_column in (True, False):
        for sheet in (sheet for sheet in sheets if not sheet.is_hidden):
            for number, row in enumerate(sheet.rows[:_HEADING_WITHIN]):
                headings = set(_headings(row).values())
                has_column = any(squeeze(name) in headings for name in declared.columns)
                if has_column >= needs_column and {squeeze(key) for key in keys} <= headings:
                    return sheet, number
    wanted = " and ".join(f"`{key}`" for key in keys)
    raise Rejected(
        f"has no heading row with {wanted}: mend `year_column` and `area_column` under "
        f"`files: {file.name}:` in _edition.yml"
    )


def _headings(row: Row) -> dict[int, str]:
    return {column: squeeze(row[column]) for column in filled(row)}


def _table_cells(sheet: Sheet, head: int, file: SourceFile) -> tuple[list[dict], list[str]]:
    """The cells of the sheet that is taken, and remarks on what of the declaration it lacks."""
    rows, declared = sheet.rows, file.declaration
    headings = _headings(rows[head])
    columns, remarks = _declared_columns(headings, head, file)
    year_column = _position(headings, declared.year_column)
    area_column = _position(headings, declared.area_column) if declared.area_column else None
    places = _positions_in_year(rows, head, year_column) if declared.area_order else {}
    records = list(row_cells(enumerate(rows[: head + 1])))
    shifted = shifted_rows(sheet, head)
    without_area, without_year = [], []
    for number, row in enumerate(rows[head + 1 :], head + 1):
        area = declared.area if area_column is None else cell(row, area_column)
        if number in shifted:
            records += row_cells([(number, row)], "unused")
            continue
        if year_of(cell(row, year_column)) is None:
            if area is not None and has_values(row, columns):
                without_year.append(number)
            role = "note" if any(is_note(text) for text in row) else "unused"
            records += row_cells([(number, row)], role)
            continue
        if area is None and number not in places:
            without_area.append(number)
            records += row_cells([(number, row)], "unused")
            continue
        labels = {
            "area_label": area,
            "area_position": places.get(number),
            "period_label": cell(row, year_column),
        }
        for column in range(max(len(row), len(rows[head]))):
            text = cell(row, column)
            if column in columns:
                records.append(
                    cell_record(number, column, "value", text, **labels, **columns[column])
                )
            elif text is not None:
                is_label = column in (year_column, area_column)
                extra = {} if is_label else {**labels, "indicator_label": headings.get(column)}
                role = "label" if is_label else "undeclared"
                records.append(cell_record(number, column, role, text, **extra))
    remarks += left_out(shifted, "have more cells than the heading row, as after an unquoted comma")
    remarks += left_out(without_area, f"have a year but no area in `{declared.area_column}`")
    remarks += left_out(without_year, f"have values but no year in `{declared.year_column}`")
    return records, remarks


def _declared_columns(
    headings: dict[int, str], head: int, file: SourceFile
) -> tuple[dict[int, dict], list[str]]:
    """What is declared about each column by its position, and the declared columns not there."""
    columns: dict[int, dict] = {}
    remarks = []
    for name, declared in file.declaration.columns.items():
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


def _positions_in_year(rows: list[Row], head: int, year_column: int) -> dict[int, int]:
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
