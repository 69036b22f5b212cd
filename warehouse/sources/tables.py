"""What the readers of printed tables share: sheets one by one, and rows of cells as records."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import pyarrow as pa

from warehouse.contract.cells import cell_record, column_letters, table
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    is_footnote,
    is_note,
    is_number,
    is_sentence,
    unit_said,
    year_of,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import CHINESE_ENCODING, Sheet, open_sheets
from warehouse.sources.areas import is_area
from warehouse.sources.filled_sheets import (
    check_filled_is_declared,
    filled_versions,
    says_filled,
)

Row = Sequence[str | None]
ReadSheet = Callable[[Sheet, SourceFile], tuple[list, list[str]] | None]


def read_each_sheet(
    file: SourceFile,
    read_sheet: ReadSheet,
    expected: str,
    encoding: str = CHINESE_ENCODING,
    is_compiled: bool = False,
) -> Reading:
    """Every sheet read by itself; hidden sheets and those without a table are kept as unused.

    `read_sheet` gives records or blocks and remarks, None for a sheet that has no table of this
    kind, and raises Rejected for a table that lacks something; that rejects the file only if no
    other sheet can be taken. `expected` says what a table looks like. In a file that third parties
    compile (`is_compiled`), a sheet that repeats another and adds to its series is unused too.
    """
    sheets = open_declared_sheets(file, encoding)
    taken: dict[str | None, pa.Table] = {}
    remarks, refusals, tableless = [], [], []
    for sheet in sheets:
        try:
            read = None if sheet.is_hidden else read_sheet(sheet, file)
            tableless += [sheet.name] if not (read or sheet.is_hidden) and _lists(sheet) else []
        except Rejected as refusal:
            refusals.append(str(refusal) if sheet.name is None else f"sheet {sheet.name} {refusal}")
            continue
        if read:
            taken[sheet.name] = table(read[0], sheet.name)
            remarks += read[1]
    if not taken:
        raise Rejected(refusals[0] if refusals else _no_table(file, sheets, read_sheet, expected))
    filled = filled_versions(taken) if is_compiled and len(taken) > 1 else {}
    said = [sheet.name for sheet in sheets if sheet.is_hidden and says_filled(sheet.name)]
    if file.declaration.sheet is None:
        remarks += _said_of_hidden([s for s in sheets if s.is_hidden and s.name not in said], file)
    found = [
        taken[sheet.name]
        if sheet.name in taken.keys() - filled.keys()
        else table(row_cells(enumerate(sheet.rows), "unused"), sheet.name)
        for sheet in sheets
    ]
    return Reading(
        pa.concat_tables(found, promote_options="default"),
        (*remarks, *refusals, *_said_of_tableless(tableless), *_not_published(filled, said, file)),
    )


def _lists(sheet: Sheet) -> bool:
    """Whether a sheet has rows of areas with numbers beside them, as a table without headings."""
    placed = (row for row in sheet.rows if any(text and is_area(text) for text in row[:2]))
    return sum(any(map(is_number, texts(row))) for row in placed) > 1


def _said_of_hidden(hidden: Sequence[Sheet], file: SourceFile) -> list[str]:
    """The remark on each hidden sheet that seems to have a table."""
    return [
        f"sheet {sheet.name} is hidden: not taken; `sheet: {sheet.name}` under `files: "
        f"{file.name}:` in _edition.yml takes it instead of the others"
        for sheet in hidden
        if _lists(sheet)
    ]


def unheaded(records: Sequence[dict], header: Sequence[Row]) -> list[str]:
    """The remark on columns behind the first of values that have numbers and no heading."""
    values = [one for one in records if one["role"] == "value"]
    rows = {one["row_number"] for one in values}
    first = min((one["column_number"] for one in values), default=0)
    held = Counter(
        one["column_number"]
        for one in records
        if one["role"] == "unused" and one["row_number"] in rows and is_number(one["text"])
    )
    found = [
        column_letters(column)
        for column, count in sorted(held.items())
        if count > 1 and column > first and not any(cell(row, column - 1) for row in header)
    ]
    return [f"columns {', '.join(found)} have values but no heading: not taken"] if found else []


def _said_of_tableless(names: Sequence[str | None]) -> list[str]:
    if not names:
        return []
    return [
        f"no table was found on sheet {', '.join(map(str, names))}, though areas and numbers stand "
        "there: not taken; a table needs its headings on each sheet"
    ]


def _no_table(
    file: SourceFile, sheets: Sequence[Sheet], read_sheet: ReadSheet, expected: str
) -> str:
    """The refusal of a file that shows no table; one on a hidden sheet is named."""
    for sheet in sheets:
        with suppress(Rejected):
            if sheet.is_hidden and read_sheet(sheet, file):
                return (
                    f"shows no table, for that on sheet {sheet.name} is hidden: write `sheet: "
                    f"{sheet.name}` under `files: {file.name}:` in _edition.yml to take it"
                )
    return f"holds no table: expected {expected}"


def _not_published(
    filled: Mapping[str | None, str | None], said: list[str | None], file: SourceFile
) -> list[str]:
    """The remark on sheets whose gaps somebody filled."""
    names = [f"{name} (all that {origin} holds and more)" for name, origin in filled.items()]
    names += [f"{name} (by its name)" for name in said if file.declaration.sheet is None]
    if not names:
        return []
    return [
        f"left out as filled-in versions of other sheets: {', '.join(names)}; to take one instead, "
        f"write `sheet: ...` and `obs_status: I` under `files: {file.name}:` in _edition.yml"
    ]


def open_declared_sheets(file: SourceFile, encoding: str = CHINESE_ENCODING) -> list[Sheet]:
    """The sheets of a file; if one is declared, the others count as hidden.

    Hidden is, too, what says in its name that its gaps were filled. Raises Rejected.
    """
    sheets = open_sheets(file.data, file.name, encoding)
    wanted = file.declaration.sheet
    names = [sheet.name for sheet in sheets if sheet.name is not None]
    if wanted is not None and wanted not in names:
        there = f"but {', '.join(names)}" if names else "for it is no workbook"
        raise Rejected(f"has no sheet {wanted}, {there}: mend `sheet` in _edition.yml")
    if wanted is not None:
        sheets = [replace(sheet, is_hidden=sheet.name != wanted) for sheet in sheets]
    shown = [sheet for sheet in sheets if not sheet.is_hidden]
    if len(shown) < 2 or all(says_filled(sheet.name) for sheet in shown):
        check_filled_is_declared(shown[0].name if shown else wanted, file)
        return sheets
    return [
        replace(sheet, is_hidden=sheet.is_hidden or says_filled(sheet.name)) for sheet in sheets
    ]


def row_cells(rows: Iterable[tuple[int, Row]], role: str | None = None) -> Iterator[dict]:
    """The non-blank cells of numbered rows; without a role, notes and labels are told apart."""
    for number, row in rows:
        for column, text in enumerate(row):
            if text is not None:
                yield cell_record(
                    number, column, role or ("note" if is_note(text) else "label"), text
                )


def cell(row: Row, column: int) -> str | None:
    """A cell of a row that may be shorter than the table."""
    return row[column] if column < len(row) else None


def filled(row: Row) -> list[int]:
    """The columns of a row's non-blank cells."""
    return [column for column, text in enumerate(row) if text is not None]


def texts(row: Row) -> list[str]:
    """A row's non-blank cells."""
    return [text for text in row if text is not None]


def lines_of(row: Row) -> list[str]:
    """A row's non-blank cells, of which a word such as 单位： takes its neighbour along."""
    printed = texts(row)
    return [
        f"{text}{beside}" if unit_said(text) == "" else text
        for text, beside in zip(printed, [*printed, ""][1:], strict=True)
    ]


def filled_cells(row: Row) -> dict[int, str]:
    """A row's non-blank cells by their columns."""
    return {column: text for column, text in enumerate(row) if text is not None}


def opens_notes(row: Row) -> bool:
    """Whether the notes below a table begin with this row: "注：", or one sentence on its own.

    The running number of a blank row is none, but a year may be that of what follows.
    """
    columns = filled(row)
    if not columns:
        return False
    text = row[columns[0]]
    stands_alone = len(columns) == 1 and (is_sentence(text) or is_footnote(text))
    is_count = is_number(text) and year_of(text) is None
    return is_note(text) or stands_alone or (len(row) == 1 and not is_count)


def shifted_rows(sheet: Sheet, head: int, end: int | None = None) -> set[int]:
    """The rows of a table of a CSV, up to `end`, that have more cells than its heading row.

    An unquoted comma ("1,234.5") moves all cells behind it one column to the right, so none of
    such a row can be trusted. A note behind the last column moves nothing, nor do blank cells
    that all rows have. Raises Rejected if the comma stands in the heading row itself.
    """
    if not sheet.is_separated:
        return set()
    rows, width = sheet.rows[:end], len(sheet.rows[head])
    usual = Counter(len(row) for row in rows[head + 1 :] if len(filled(row)) > 1)
    widest = max(width, usual.most_common(1)[0][0]) if usual else width
    headed = filled(rows[head])[-1] + 1
    if usual and headed > usual.most_common(1)[0][0]:
        raise Rejected(
            f"has {headed} headings in row {head + 1}, but its rows have "
            f"{usual.most_common(1)[0][0]} cells, as after an unquoted comma in a heading: put "
            "that heading into quotation marks"
        )
    return {
        number
        for number in range(head + 1, len(rows))
        if any(is_number(text) for text in rows[number][width:])
        or (len(rows[number]) > widest and not any(rows[number][width:]))
    }


def left_out(numbers: Collection[int], what: str) -> list[str]:
    """A remark on rows (counted from 0) that are not taken; none if there are none."""
    if not numbers:
        return []
    return [f"{len(numbers)} rows {what} (the first is row {min(numbers) + 1}): not taken"]


def said_of_shifted(numbers: Collection[int]) -> list[str]:
    """The remark on the rows that `shifted_rows` found."""
    return left_out(numbers, "have more cells than the heading row, as after an unquoted comma")


def has_values(row: Row, columns: Collection[int]) -> bool:
    """Whether a number stands in one of the columns."""
    return any(is_number(cell(row, column)) for column in columns)
