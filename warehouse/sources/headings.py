"""Headings of tables that have areas or years in their rows: where they stand, how they nest."""

from collections.abc import Callable, Collection, Sequence

from warehouse.contract.labels import is_area_heading, is_number, is_unit, label_key, year_of
from warehouse.sources.tables import Row, cell, filled, texts

_WITHIN = 4

# Whether a heading announces what the rows below it are
Announces = Callable[[str | None], bool]


def heading_rows(rows: Sequence[Row], announces: Announces = is_area_heading) -> list[int]:
    """The first heading row of every table: one of its first headings announces its rows.

    What announces them once more before any row of values goes on with the headings: a translation.
    """
    heads: list[int] = []
    for number, row in enumerate(rows):
        is_heading = area_column(row, announces) is not None
        if is_heading and not (heads and body_start(rows, heads[-1], announces) > number):
            heads.append(number)
    return heads


def area_column(row: Row, announces: Announces = is_area_heading) -> int | None:
    """The column of areas that a heading row announces; a running number may stand before it."""
    announced = _announced(row, announces)
    return announced[0] if announced and len(filled(row)) > 1 else None


def _announced(row: Row, announces: Announces) -> list[int]:
    return [column for column in filled(row)[:_WITHIN] if announces(row[column])]


def body_start(rows: Sequence[Row], head: int, announces: Announces = is_area_heading) -> int:
    """The first row below a heading that names an area, or holds a number that is no year."""
    areas = _announced(rows[head], announces)[0]
    for number in range(head + 1, len(rows)):
        label = cell(rows[number], areas)
        if label is not None and not announces(label):
            return number
        if any(is_number(text) and year_of(text) is None for text in texts(rows[number])):
            return number
    return len(rows)


def levels_of(header: Sequence[Row], column: int) -> list[str]:
    """The headings above a column from the top; cells that only continue one are joined to it.

    A year or a unit in a cell of its own neither continues a heading nor is continued.

    A heading spans the columns to its right that are blank beside it and have one of their own
    below, if its own column has a lower heading too; otherwise it merely stands higher. It ends
    where a heading above it ends, which may be merged down beside it. 其中 over columns is no part
    of their names.
    """
    levels: list[str] = []
    continues = False
    for depth, row in enumerate(header):
        own = cell(row, column)
        if own is None:
            parent = _parent(header, depth, column)
            levels += [parent] if parent else []
            continues = False
            continue
        stands_alone = year_of(own) is not None or is_unit(own.strip(" ()（）"))
        if continues and not stands_alone:
            levels[-1] += "\n" + own
        else:
            levels.append(own)
        continues = not stands_alone and not _spans(header, depth, column)
    return [level for level in levels if not _says_only_of_which(level)] or levels


def _says_only_of_which(level: str) -> bool:
    return label_key(level) in {"", "其中", "ofwhich"}


def _parent(header: Sequence[Row], depth: int, column: int) -> str | None:
    """The heading to the left that spans a column which is blank at this depth."""
    if not _has_lower(header, depth, column):
        return None
    left = [other for other in filled(header[depth]) if other < column]
    beside = range(left[-1] + 1, column + 1) if left else ()
    if left and _spans(header, depth, left[-1]) and not _is_headed(header[:depth], beside):
        heading = header[depth][left[-1]]
        return None if is_area_heading(heading) else heading
    return None


def _spans(header: Sequence[Row], depth: int, column: int) -> bool:
    return (
        _has_lower(header, depth, column)
        and not _is_headed(header[: depth + 1], [column + 1])
        and _has_lower(header, depth, column + 1)
    )


def _is_headed(rows: Sequence[Row], columns: Collection[int]) -> bool:
    return any(cell(row, column) is not None for row in rows for column in columns)


def _has_lower(header: Sequence[Row], depth: int, column: int) -> bool:
    return any(cell(row, column) is not None for row in header[depth + 1 :])
