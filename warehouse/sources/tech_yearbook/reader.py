"""Bilingual yearbook tables: areas in rows, headings in one to three, the year in the title."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warehouse.contract.cells import cell_record
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    has_chinese,
    is_area_heading,
    is_number,
    split_unit,
    title_key,
    year_of,
    years_in,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.headings import body_start, heading_rows, levels_of
from warehouse.sources.tables import (
    Row,
    cell,
    has_values,
    left_out,
    opens_notes,
    read_each_sheet,
    row_cells,
    shifted_rows,
    texts,
)

_UNIT = re.compile(r"(?:单\s*位|unit)\s*[:：]\s*(.+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*[(（]([^()（）]+)[)）]\s*")
_NUMBERED = re.compile(r"\s*(?:表|table)?\s*\d{1,2}\s*-\s*\d", re.IGNORECASE)
_CONTINUED = re.compile(r"续表|continued", re.IGNORECASE)


@dataclass(frozen=True)
class _Caption:
    """What the lines above a table say."""

    title: str | None = None
    unit: str | None = None
    years: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Column:
    """A column of values: what its headings, its title and its unit line make of it."""

    indicator: str
    unit: str | None
    year: str
    area_column: int
    alt_column: int | None


def read(file: SourceFile) -> Reading:
    """The cells of every table of a workbook. Raises Rejected if no table names its year."""
    return read_each_sheet(
        file, _read_sheet, "a table whose heading row begins with 地区 (Region), below its title"
    )


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    """The tables of a sheet one below the other: a repeated heading row opens a continuation."""
    rows = sheet.rows
    heads = heading_rows(rows)
    if not heads:
        return None
    captions = [_caption_start(rows, head) for head in heads]
    captions[0] = 0
    records: list[dict] = []
    remarks: list[str] = []
    caption = _Caption()
    for head, start, end in zip(heads, captions, [*captions[1:], len(rows)], strict=True):
        caption = _caption(rows[start:head], caption)
        body = body_start(rows, head)
        columns = _columns(rows[head:body], caption, file)
        records += row_cells(enumerate(rows[start:body], start))
        found, said = _body(sheet, head, range(body, end), columns, caption)
        records += found
        remarks += said
    return records, remarks


def _caption_start(rows: Sequence[Row], head: int) -> int:
    """The first of the lines above a heading row that belong to it and not to the table before."""
    start = head
    while start > 0 and _is_caption(rows[start - 1]):
        start -= 1
    return start


def _is_caption(row: Row) -> bool:
    lines = texts(row)
    return not any(is_number(text) for text in lines) and all(
        _UNIT.search(text)
        or _CONTINUED.search(text)
        or _NUMBERED.match(text)
        or _IN_BRACKETS.fullmatch(text)
        or years_in(text)
        for text in lines
    )


def _caption(rows: Sequence[Row], before: _Caption) -> _Caption:
    """Title, unit and years from the lines above a table; a continuation keeps those before it.

    The title is the first Chinese line with a year (a chapter's name may stand above it), else
    any line with a year, else a numbered line.
    """
    lines = [text for row in rows for text in texts(row)]
    units = [match[1].strip() for line in lines if (match := _UNIT.search(line))]
    units += [
        match[1]
        for line in lines
        if (match := _IN_BRACKETS.fullmatch(line)) and not has_chinese(line) and not years_in(line)
    ]
    titles = [
        line for line in lines if not _UNIT.match(line.strip()) and not _IN_BRACKETS.fullmatch(line)
    ]
    dated = [line for line in titles if years_in(line)]
    ranked = [line for line in dated if has_chinese(line)] + dated
    ranked += [line for line in titles if _NUMBERED.match(line)]
    title = ranked[0] if ranked else before.title
    return _Caption(
        title,
        units[0] if units else before.unit,
        tuple(years_in(title or "")) or before.years,
    )


def _columns(header: Sequence[Row], caption: _Caption, file: SourceFile) -> dict[int, _Column]:
    """Every column of values by its position. Raises Rejected if one has no year."""
    area_columns = [
        column
        for column in range(max(map(len, header)))
        if any(is_area_heading(cell(row, column)) for row in header)
    ]
    columns = {}
    for column in range(area_columns[0] + 1, max(map(len, header))):
        levels = levels_of(header, column)
        if column in area_columns or not levels:
            continue
        own_year = year_of(levels[-1])
        if own_year is not None:
            levels = levels[:-1] or [title_key(caption.title or "")]
        left = [other for other in area_columns if other < column]
        is_bilingual = left[-1] - 1 in left
        columns[column] = _Column(
            "/".join(levels),
            file.declaration.unit or caption.unit or split_unit(levels[-1])[1],
            str(own_year or _year(caption, file)),
            left[-1] - is_bilingual,
            left[-1] if is_bilingual else None,
        )
    return columns


def _year(caption: _Caption, file: SourceFile) -> int:
    if file.declaration.year:
        return file.declaration.year
    if len(caption.years) == 1:
        return caption.years[0]
    names = "several years" if caption.years else "no year"
    title = f"whose title ({caption.title}) names" if caption.title else "without a title names"
    raise Rejected(
        f"has a table {title} {names}: write `year: YYYY` under `files: {file.name}:` "
        "in _edition.yml"
    )


def _body(
    sheet: Sheet, head: int, numbers: range, columns: dict[int, _Column], caption: _Caption
) -> tuple[list[dict], list[str]]:
    """Values with their labels down to the notes, and remarks on rows that are not taken."""
    records: list[dict] = []
    places = ((column.area_column, column.alt_column) for column in columns.values())
    labels = {place for pair in places for place in pair if place is not None}
    shifted = shifted_rows(sheet, head).intersection(numbers)
    nameless, below_notes = [], []
    in_notes = False
    for number in numbers:
        row = sheet.rows[number]
        is_named = any(cell(row, column) is not None for column in labels)
        in_notes = in_notes or opens_notes(row)
        if in_notes and is_named and has_values(row, columns):
            below_notes.append(number)
        if not (in_notes or is_named) and has_values(row, columns):
            nameless.append(number)
        if in_notes or number in shifted:
            records += row_cells([(number, row)], "note" if in_notes else "unused")
        else:
            records += _row(number, row, labels, columns, caption)
    return records, [
        *left_out(shifted, "have more cells than the heading row, as after an unquoted comma"),
        *left_out(nameless, "have values but no area"),
        *left_out(below_notes, "have values but stand below the notes"),
    ]


def _row(
    number: int, row: Row, labels: set[int], columns: dict[int, _Column], caption: _Caption
) -> Iterator[dict]:
    """The cells of a row; what has no heading or no area is unused."""
    for position, text in enumerate(row):
        column = columns.get(position)
        area = cell(row, column.area_column) if column else None
        alt = cell(row, column.alt_column) if column and column.alt_column else None
        if column is None or (area is None and alt is None):
            if text is not None:
                yield cell_record(
                    number, position, "label" if position in labels else "unused", text
                )
            continue
        yield cell_record(
            number,
            position,
            "value",
            text,
            table_title=caption.title,
            indicator_label=column.indicator,
            unit_label=column.unit,
            area_label=area,
            area_label_alt=alt,
            period_label=column.year,
        )
