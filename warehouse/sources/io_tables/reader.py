"""Input-output tables: every cell of the flow table is a value; exports carry their direction."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

import pyarrow as pa

from warehouse.contract.cells import block, cell_record, column_letters, printed
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import has_chinese, is_number, squeeze, unit_said, years_in
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.tables import (
    Row,
    cell,
    filled_cells,
    left_out,
    lines_of,
    read_each_sheet,
    row_cells,
    shifted_rows,
    texts,
)

_EXPORTS = {"出口", "出口合计", "exports", "export"}
_EXPORT_CODE = "EX"
_CODE_HEADING = {"代码", "code"}
_SECTOR_CODE = re.compile(r"\d{1,6}")
_TABLE_NAME = re.compile(r"(?:19|20)\d{2}年?|投入产出.*$|基本流量表|\(.*?\)|地区|部门|[\d\W_a-z]+")


def read(file: SourceFile) -> Reading:
    """The cells of every flow table of a workbook. Raises Rejected if area or year is unknown."""
    return read_each_sheet(
        file,
        _read_sheet,
        "a flow table with sector codes (代码) down its side and a column 出口 (code EX)",
    )


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[pa.Table | dict], list[str]] | None:
    """The flow table of a sheet: coefficients and work sheets have no column of exports."""
    rows = sheet.rows
    place = _sectors(rows)
    if place is None:
        return None
    code_column, sectors = place
    export_column = _export_column(rows[: sectors[0]])
    if export_column is None:
        return None
    lines = [line for row in rows[: sectors[0]] for line in lines_of(row)]
    area, remarks = _area(lines, file)
    constants = {
        "classification": "io42_manufacturing_17",
        "table_title": next(iter(_titles(lines)), lines[0]),
        "unit_label": file.declaration.unit or next(filter(None, map(unit_said, lines)), None),
        "area_label": area,
        "period_label": str(_year(lines, file)),
    }
    if constants["unit_label"] is None:
        raise Rejected(
            "names no unit (no line 单位：): write `unit: 万元` under "
            f"`files: {file.name}:` in _edition.yml"
        )
    shifted = shifted_rows(sheet, sectors[0] - 1)
    remarks += left_out(shifted, "have more cells than the heading row, as after an unquoted comma")
    whole = [[] if number in shifted else row for number, row in enumerate(rows)]
    sectors = [number for number in sectors if number not in shifted]
    if not sectors:
        raise Rejected(
            "has more cells in the rows of all its sectors than in its heading row, as after an "
            "unquoted comma: put the numbers that have commas into quotation marks"
        )
    return [
        *row_cells(enumerate(rows[: sectors[0]])),
        *_flows(whole, code_column, sectors, export_column, constants),
        *row_cells(((number, rows[number]) for number in sorted(shifted)), "unused"),
    ], remarks


def _flows(
    rows: Sequence[Row], code_column: int, sectors: list[int], export_column: int, constants: dict
) -> Iterator[pa.Table | dict]:
    """The cells from the first sector on: flows by the codes of their row and column.

    A sector's row is complete: a blank in it is a value that is missing. Other rows (value added,
    totals) have values only where something is printed.
    """
    coded = {_sector_name(rows[n], code_column): rows[n][code_column] for n in sectors}
    columns = _columns(rows[: sectors[0]], code_column, coded)
    flows = sorted({*columns, export_column})
    exports = {export_column: "出口"}
    headings = {
        "indicator_label": [exports.get(column) or columns[column] for column in flows],
        "flow": ["export" if column in exports else None for column in flows],
    }
    sides = _sides(rows, sectors, code_column)
    yield block(rows, sectors, flows, "value", sides, headings, **constants)
    below = sorted(set(range(sectors[0], len(rows))) - set(sectors))
    others = [number for number in below if cell(rows[number], code_column)]
    headings = {"indicator_label": list(columns.values())}
    sides = _sides(rows, others, code_column)
    yield printed(block(rows, others, list(columns), "value", sides, headings, **constants))
    taken = {number: set(flows) for number in sectors} | {number: set(columns) for number in others}
    for number in range(sectors[0], len(rows)):
        beside = {
            column: text
            for column, text in filled_cells(rows[number]).items()
            if column not in taken.get(number, ())
        }
        is_body = number <= sectors[-1] or number in taken
        side = {name: entry for name, [entry] in _sides(rows, [number], code_column).items()}
        yield from _loose_cells(number, beside, code_column, columns, is_body, constants | side)


def _loose_cells(
    number: int,
    row: dict[int, str],
    code_column: int,
    columns: dict[int, str | None],
    is_body: bool,
    labels: dict,
) -> Iterator[dict]:
    """The cells of a row that no block holds: numbers beside the flows, names, notes below."""
    for column, text in row.items():
        if column in columns and is_number(text):
            heading = {"indicator_label": columns[column]}
            yield cell_record(number, column, "value", text, **labels, **heading)
        elif column > code_column and is_number(text):
            yield cell_record(number, column, "undeclared", text, **labels)
        else:
            yield cell_record(number, column, "label" if is_body else "note", text)


def _sides(rows: Sequence[Row], numbers: Sequence[int], code_column: int) -> dict[str, list]:
    """The codes (else the names) and the names at the side of some rows."""
    names = [_sector_name(rows[number], code_column) for number in numbers]
    codes = [_sector_code(cell(rows[number], code_column)) for number in numbers]
    return {
        "category_code": [code or name for code, name in zip(codes, names, strict=True)],
        "category_label": names,
    }


def _sectors(rows: Sequence[Row]) -> tuple[int, list[int]] | None:
    """The column of sector codes and the rows of the sectors, below a heading 代码."""
    for head, row in enumerate(rows):
        for column, text in filled_cells(row).items():
            if squeeze(text).lower() not in _CODE_HEADING:
                continue
            below = [
                number
                for number in range(head + 1, len(rows))
                if _SECTOR_CODE.fullmatch(cell(rows[number], column) or "")
            ]
            if len(below) > 1:
                return column, below
    return None


def _export_column(header: Sequence[Row]) -> int | None:
    """The column of exports by its code or else by its heading, however spaced."""
    headings = [heading for row in header for heading in filled_cells(row).items()]
    coded = [column for column, text in headings if text.strip() == _EXPORT_CODE]
    named = [column for column, text in headings if squeeze(text).lower() in _EXPORTS]
    if coded and named and coded[0] not in named:
        raise Rejected(
            f"has its heading 出口 in column {column_letters(named[0] + 1)} but the code EX in "
            f"column {column_letters(coded[0] + 1)}: download it again"
        )
    return next(iter(coded or named), None)


def _columns(
    header: Sequence[Row], code_column: int, codes: Mapping[str | None, str | None]
) -> dict[int, str | None]:
    """The code of each column of the table, or its heading where the table codes its rows only.

    A column without a code that bears the name of a sector has the code of that sector.
    """
    columns = {}
    for column in range(code_column + 1, max(map(len, header))):
        headings = [squeeze(text) for row in header if (text := cell(row, column))]
        if headings:
            columns[column] = _sector_code(codes.get(headings[-1], headings[-1]))
    return columns


def _sector_code(text: str | None) -> str | None:
    """The code as printed; a leading zero that a spreadsheet took away is put back."""
    return text.zfill(2) if text and _SECTOR_CODE.fullmatch(text) else text


def _sector_name(row: Row, code_column: int) -> str | None:
    left = texts(row[:code_column])
    return squeeze(left[-1]) if left else None


def _area(lines: list[str], file: SourceFile) -> tuple[str, list[str]]:
    """The area by declaration, title or file name, and a remark where the last two differ."""
    by_title = next((name for line in _titles(lines) if (name := _area_named(line))), None)
    by_name = _area_named(PurePath(file.name).stem)
    area = file.declaration.area or by_title or by_name
    if area is None:
        raise Rejected(
            "names no area in its title or file name: write `area: ...` under "
            f"`files: {file.name}:` in _edition.yml"
        )
    differ = by_title and by_name and not by_title.startswith(by_name[:2])
    if file.declaration.area is None and differ:
        return area, [f"the title says {by_title}, the file name {by_name}: the title counts"]
    return area, []


def _titles(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if "投入产出" in squeeze(line)]


def _area_named(text: str) -> str | None:
    """ "北京2012年投入产出表" -> 北京; None for a line that names a table but no area."""
    name = _TABLE_NAME.sub("", squeeze(text).lower())
    return name if 2 <= len(name) <= 9 and has_chinese(name) else None


def _year(lines: list[str], file: SourceFile) -> int:
    """The year that is declared, else that of the title, else of another line above the table.

    Other years may stand before its own, and that of the prices behind it.
    """
    if file.declaration.year:
        return file.declaration.year
    titles = _titles(lines)
    of_title = [years_in(squeeze(line).partition("投入产出")[0])[-1:] for line in titles]
    years = [year for found in of_title for year in found]
    years += [year for line in [*titles, *lines[:6]] for year in years_in(line)]
    if not years:
        raise Rejected(
            f"names no year in its title: write `year: YYYY` under `files: {file.name}:` "
            "in _edition.yml"
        )
    return years[0]
