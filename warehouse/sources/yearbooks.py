"""Tables as yearbooks print them: title, unit and bilingual headings; areas or years in rows.

A table has three dimensions: area, subject and year. One stands in its rows (地区, 年份 or 指标
opens the heading row), one or two in its headings, the rest in its title, its sheet's name or
the declaration.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from warehouse.contract.cells import cell_record, column_letters
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    has_chinese,
    is_area_heading,
    is_note,
    is_number,
    is_period_heading,
    is_subject_heading,
    is_unit,
    is_unit_heading,
    label_key,
    title_key,
    year_label,
    year_named,
    year_of,
    years_in,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.areas import NATION, is_area
from warehouse.sources.captions import (
    BRACKET,
    IN_BRACKETS,
    Caption,
    caption_of,
    caption_start,
    is_numbered_title,
)
from warehouse.sources.headings import (
    Announces,
    area_column,
    body_start,
    heading_rows,
    levels_of,
)
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    has_values,
    left_out,
    opens_notes,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
    texts,
    unheaded,
)

_YEAR_IN_FRONT = re.compile(r"((?:19|20)\d{2})\s*年[末底]?\s*([^\s=\d比为至~-].*)", re.DOTALL)
_SMALL_LETTERS = re.compile("[a-z]{2}")
# Headings that say no more than that a number is no growth, share or index of what is above them
ABSOLUTE = {
    *("绝对数", "绝对值", "绝对量", "总量", "数值", "指标值"),
    *("value", "values", "absolutenumber", "absolutevalue"),
}
# and that it is that of its row
_PLAIN_MEASURES = {
    *ABSOLUTE,
    *("年末数", "数量", "合计", "总计", "本年", "当年", "本期", "total"),
}
# So many provinces below each other are parts of the whole country, fewer may be set beside one
_MOST_PROVINCES = 16
# What a yearbook of a province heads its cities and counties with; 城市 and 市 alone are urban
_BELOW_PROVINCES = {
    *("市别", "各市", "市州", "市(州)", "市、州", "州市", "盟市", "地市", "地市别"),
    *("县别", "县市区", "县(市、区)", "县(市)", "市(县)"),
}


def _heads_areas(text: str | None) -> bool:
    return is_area_heading(text) or label_key(text or "") in _BELOW_PROVINCES


# The heading of the rows, and what the rows then are
_ROWS: dict[str, Announces] = {
    "area": _heads_areas,
    "period": is_period_heading,
    "subject": is_subject_heading,
}


@dataclass(frozen=True)
class _Column:
    """A column of values: what headings, title and declaration say of it; the row says the rest."""

    subject: str | None
    unit: str | None
    area: str | None
    year: str | None
    label_column: int
    alt_column: int | None
    unit_column: int | None = None
    year_column: int | None = None
    subject_column: int | None = None


@dataclass(frozen=True)
class _Table:
    """A table of a sheet: where its caption, headings and body begin, and what its rows are.

    `groups` are the rows that say the year, or the area, of those below them. The values beside
    a year that heads areas are of the `whole` of these.
    """

    start: int
    head: int
    body: int
    end: int
    rows_are: str
    announces: Announces
    caption: Caption
    groups: Mapping[int, str]
    whole: str | None

    @property
    def is_dated_by_group(self) -> bool:
        return any(map(year_of, self.groups.values()))

    @property
    def is_placed_by_group(self) -> bool:
        return bool(self.groups) and not self.is_dated_by_group


def read(file: SourceFile) -> Reading:
    """The cells of every table of a file. Raises Rejected if no table is complete."""
    before: list[Caption] = []
    return read_each_sheet(
        file,
        partial(read_sheet, before=before),
        "a table whose heading row begins with 地区 (Region), 年份 (Year) or 指标 (Item), "
        "below its title",
    )


def read_sheet(
    sheet: Sheet, file: SourceFile, before: list[Caption] | None = None
) -> tuple[list[dict], list[str]] | None:
    """The tables of a sheet one below the other, each below its caption; None if there is none.

    A repeated heading row continues the table above it, or, where the line 续表 says so, the last
    table of the sheet before, whose caption `before` holds and which is left there for the next.
    """
    records: list[dict] = []
    remarks: list[str] = []
    refusals: list[tuple[int, Rejected]] = []
    tables = list(_tables(sheet, file, [] if before is None else before))
    for table in tables:
        records += row_cells(enumerate(sheet.rows[table.start : table.body], table.start))
        try:
            _check_one_title(sheet.rows[table.start : table.head])
            columns, undated = _columns(table, sheet, file)
            found, said = _body(sheet, table, columns)
        except Rejected as refusal:
            refusals.append((table.head, refusal))
            lines = enumerate(sheet.rows[table.body : table.end], table.body)
            found, said, undated = list(row_cells(lines, "unused")), [], []
        records += found
        remarks += [*undated, *said]
    if refusals and len(refusals) == len(tables):
        raise refusals[0][1]
    remarks += [f"the table in row {head + 1} {refusal}" for head, refusal in refusals]
    return (records, remarks) if tables else None


def _check_one_title(above: Sequence[Row]) -> None:
    """Raise Rejected if several tables stand side by side: whose unit and title is whose?"""
    for row in above:
        named = {title_key(text): text for text in filter(is_numbered_title, texts(row))}
        titles = [text for key, text in named.items() if key and has_chinese(text)]
        if len(titles) > 1:
            raise Rejected(
                f"has tables side by side ({', '.join(titles)}): put each on a sheet of its own"
            )


def _tables(sheet: Sheet, file: SourceFile, before: list[Caption]) -> Iterator[_Table]:
    """The tables of a sheet, whose name may be the title of its first."""
    rows, name = sheet.rows, sheet.name or ""
    heads = heading_rows(rows, _opens_table)
    starts = [0, *(caption_start(rows, head) for head in heads[1:])]
    for head, start, end in zip(heads, starts, [*starts[1:], len(rows)], strict=False):
        before.append(caption_of(rows[start:head], name, head == heads[0], before))
        yield _table(rows, start, head, end, before[-1], file.declaration.area)


def _opens_table(text: str | None) -> bool:
    return any(announces(text) for announces in _ROWS.values())


def _table(
    rows: Sequence[Row], start: int, head: int, end: int, caption: Caption, whole: str | None
) -> _Table:
    """What stands in the rows: a corner of both (年份\\地区) is decided by the first row."""
    corner = area_column(rows[head], _opens_table)
    assert corner is not None  # a heading row has one
    body = min(body_start(rows, head, _opens_table), end)
    stack = _stack(rows[:end], head, body, corner)
    groups = stack or _groups(rows, head, end, corner)
    body = min([body, *groups])
    first = cell(rows[body + (body in groups)], corner) if body < len(rows) else None
    rows_are = next(what for what, announces in _ROWS.items() if announces(rows[head][corner]))
    announces = _ROWS[rows_are]
    if year_of(first) is not None:
        rows_are = "period"
    if stack or (rows_are != "area" and _is_area_beside(rows[head], corner)):
        rows_are, announces = "area", _heads_areas
    if stack and whole is None and len(_areas_in(rows[body:end], corner)) >= _MOST_PROVINCES:
        whole = NATION
    return _Table(start, head, body, end, rows_are, announces, caption, groups, whole)


def _stack(rows: Sequence[Row], head: int, body: int, corner: int) -> dict[int, str]:
    """The years above areas in one column (年份 over 地区), beside which the whole's values stand.

    None where no area is among them: then the rows are years.
    """
    is_headed = any(_heads_areas(cell(row, corner)) for row in rows[head:body])
    if not is_headed or not _areas_in(rows[body:], corner) - {NATION}:
        return {}
    years = {number: cell(rows[number], corner) for number in range(body, len(rows))}
    return {number: year for number, year in years.items() if year and year_of(year)}


def _areas_in(rows: Sequence[Row], column: int) -> set[str]:
    """The areas of a column that something stands beside."""
    labels = (cell(row, column) for row in rows if len(filled(row)) > 1)
    return {label for label in labels if label and is_area(label)}


def _groups(rows: Sequence[Row], head: int, end: int, corner: int) -> dict[int, str]:
    """The rows that say nothing but the year of the areas below, or the area of the years below.

    A single year beside the corner is the heading of its column.
    """
    found: dict[int, str] = {}
    for number in range(head + 1, end - 1):
        columns, below = filled(rows[number]), cell(rows[number + 1], corner)
        said = rows[number][columns[0]] if len(columns) == 1 else None
        if said and below and _is_group(said, below):
            found[number] = said
    is_heading = len(found) == 1 and cell(rows[min(found)], corner) is None
    return {} if is_heading else found


def _is_group(said: str, below: str) -> bool:
    if year_of(said) is None:
        return is_area(said) and year_of(below) is not None
    return year_of(below) is None and not _opens_table(below) and not is_note(below)


def _is_area_beside(heading: Row, corner: int) -> bool:
    """Whether the years or subjects in the rows of a table have their areas in the next column."""
    return is_area_heading(cell(heading, corner + 1))


def _columns(table: _Table, sheet: Sheet, file: SourceFile) -> tuple[dict[int, _Column], list[str]]:
    """Every column of values by its position, and what is said of those that lack their year.

    Raises Rejected if all of them lack their year or their area.
    """
    _check_one_year(table, file)
    header = sheet.rows[table.head : table.body]
    width = max(map(len, header))
    corners = _announced(header, table.announces)
    units = [*_announced(header, is_unit_heading), *_bare_units(table, sheet.rows, corners)]
    years = corners if table.rows_are == "period" else _announced(header, is_period_heading)
    years = [] if table.is_dated_by_group else years
    subjects = _subjects_beside(table, header, sheet.rows)
    columns, refusals = {}, {}
    for column in range(corners[0] + 1, width):
        levels = levels_of(header, column)
        if column in {*corners, *units, *years, *subjects} or not levels:
            continue
        try:
            is_dated = bool(years) or table.is_dated_by_group
            found = _column(levels, table, sheet, file, is_dated, bool(subjects))
        except Rejected as refusal:
            refusals[column] = refusal
            continue
        label, alt = _label_columns(header, [other for other in corners if other < column])
        columns[column] = replace(
            found,
            label_column=label,
            alt_column=alt,
            unit_column=next((unit for unit in sorted(units) if label < unit < column), None),
            year_column=label if years == corners else next(iter(years), None),
            subject_column=next(iter(subjects), None),
        )
    if refusals and not columns:
        raise next(iter(refusals.values()))
    return _below_higher_headings(header, columns), _undated(table, sorted(refusals))


def _label_columns(header: Sequence[Row], left: Sequence[int]) -> tuple[int, int | None]:
    """The column of labels closest to the left, and the translations beside it.

    Between both may stand what has no heading: units, blanks.
    """
    *_, label = left
    before = left[-2] if len(left) > 1 else None
    if before is None or any(levels_of(header, column) for column in range(before + 1, label)):
        return label, None
    return before, label


def _bare_units(table: _Table, rows: Sequence[Row], corners: Sequence[int]) -> list[int]:
    """The columns behind labels without a heading and with nothing but brackets: (公里), (km).

    One of these has to be a unit that is known: numbers in brackets are marks, or below 0.
    """
    header, body = rows[table.head : table.body], rows[table.body : table.end]
    found = []
    for column in range(corners[0] + 1, max(map(len, header))):
        if levels_of(header, column):
            continue
        said = [IN_BRACKETS.fullmatch(text) for row in body if (text := cell(row, column))]
        if all(said) and any(match and is_unit(match[1]) for match in said):
            found.append(column)
    return found


def _check_one_year(table: _Table, file: SourceFile) -> None:
    """Raise Rejected if no year above the areas is the one that the title or somebody says."""
    above = [year_of(year) for year in table.groups.values()]
    said = {file.declaration.year} if file.declaration.year else {*table.caption.years}
    if table.is_dated_by_group and len(said) == 1 and not said <= {*above}:
        raise Rejected(
            f"has areas below the year {above[-1]}, but is said to be of {min(said)}: put years "
            "and areas into tables of their own"
        )


def _undated(table: _Table, columns: list[int]) -> list[str]:
    """The remark on columns without a year beside others that have theirs; none without them."""
    if not columns:
        return []
    letters = ", ".join(column_letters(column + 1) for column in columns)
    return [
        f"columns {letters} of the table in row {table.head + 1} name no year, as those beside "
        "them do: not taken"
    ]


def _announced(header: Sequence[Row], announces: Announces) -> list[int]:
    """The columns in whose headings one announces something."""
    return [
        column
        for column in range(max(map(len, header)))
        if any(announces(cell(row, column)) for row in header)
    ]


def _subjects_beside(table: _Table, header: Sequence[Row], rows: Sequence[Row]) -> list[int]:
    """The column that names the subject of each row; 项目 above numbers counts projects."""
    first = rows[table.body] if table.body < table.end else ()
    return [
        column
        for column in _announced(header, is_subject_heading)
        if table.rows_are == "area" and _word(first, column)
    ]


def _word(row: Row, column: int | None) -> str | None:
    """What a cell says, unless it is a number."""
    text = None if column is None else cell(row, column)
    return None if is_number(text) else text


def _column(
    levels: Sequence[str],
    table: _Table,
    sheet: Sheet,
    file: SourceFile,
    is_dated_by_row: bool,
    is_named_by_row: bool,
) -> _Column:
    """A column by the levels of its heading: years and units among them are no part of its name."""
    caption = table.caption
    names, unit, year = _parted(levels)
    area = None
    if table.rows_are != "area" and not table.is_placed_by_group:
        is_named = bool(names) and (caption.is_by_region or is_area(names[-1]))
        area = names.pop() if is_named else _area(file)
    if table.rows_are == "subject" or is_named_by_row:
        names = [name for name in names if label_key(name) not in {*_PLAIN_MEASURES, area}]
    else:
        names = [name for name in names if label_key(name) not in ABSOLUTE]
        names = names or [title_key(caption.title or "")]
    return _Column(
        "/".join(names) or None,
        file.declaration.unit or unit or caption.unit,
        area,
        None if is_dated_by_row else str(year or _year(caption, sheet, file)),
        0,
        None,
    )


def _parted(levels: Sequence[str]) -> tuple[list[str], str | None, str | None]:
    """The names in the levels of a heading, its unit, and its year.

    A level that is the translation of a Chinese one beside it is left out.
    """
    names, units, years = [], [], []
    for level in levels:
        name, unit = _without_unit(level)
        name, year = without_year(name)
        names += [name] if name else []
        units += [unit] if unit else []
        years += [year] if year else []
    if any(map(has_chinese, names)):
        names = [name for name in names if has_chinese(name) or not _SMALL_LETTERS.search(name)]
    return names, units[-1] if units else None, years[0] if years else None


def without_year(level: str) -> tuple[str, str | None]:
    """A heading and the one year that it is, begins with or has in brackets: 2020年末常住人口.

    In brackets may stand how firm the values of that year are: 地区生产总值（2023年初步核算数）.
    """
    year = year_label(level)
    if year is not None or len(years_in(level)) > 1:
        return ("", year) if year is not None else (level, None)
    for aside in BRACKET.finditer(level):
        if year := year_label(aside[1]):
            return level.replace(aside[0], "").strip(), year
    match = _YEAR_IN_FRONT.fullmatch(level.strip())
    return (match[2], match[1]) if match else (level, None)


def _without_unit(level: str) -> tuple[str, str | None]:
    """A heading, and the unit that it is or has in brackets: "R&D经费（亿元）"."""
    if is_unit(level):
        return "", level
    units = [match[1] for match in BRACKET.finditer(level) if is_unit(match[1])]
    name = BRACKET.sub(lambda match: "" if is_unit(match[1]) else match[0], level)
    return name.strip(), units[0].strip() if units else None


def _year(caption: Caption, sheet: Sheet, file: SourceFile) -> int:
    named = year_named(sheet.name)
    if file.declaration.year:
        return file.declaration.year
    if len(caption.years) == 1:
        return caption.years[0]
    if named is not None and not caption.years:
        return named
    names = "several years" if caption.years else "no year"
    title = f"whose title ({caption.title}) names" if caption.title else "without a title names"
    raise Rejected(
        f"has a table {title} {names}: write `year: YYYY` under `files: {file.name}:` "
        "in _edition.yml"
    )


def _area(file: SourceFile) -> str:
    if file.declaration.area:
        return file.declaration.area
    raise Rejected(
        f"has no areas in its rows and names none: write `area: ...` under `files: {file.name}:` "
        "in _edition.yml"
    )


def _below_higher_headings(
    header: Sequence[Row], columns: dict[int, _Column]
) -> dict[int, _Column]:
    """What a heading that only stands higher to the left says of the columns below it.

    Columns of one name go by it as well (授权数/发明), and those without a unit have its unit.
    """
    keys = {
        column: (label_key(each.subject or ""), each.area, each.year, each.label_column)
        for column, each in columns.items()
    }
    copies = Counter(keys.values())
    for column, each in columns.items():
        higher, unit = _without_unit(_higher_heading(header, column) or "")
        is_copy = copies[keys[column]] > 1 and bool(higher and each.subject)
        subject = f"{higher}/{each.subject}" if is_copy else each.subject
        columns[column] = replace(each, subject=subject, unit=each.unit or unit)
    return columns


def _higher_heading(header: Sequence[Row], column: int) -> str | None:
    """The heading in the first row to the left of a column that has none there."""
    left = [other for other in filled(header[0]) if other < column]
    if cell(header[0], column) is not None or not left or _opens_table(header[0][left[-1]]):
        return None
    return header[0][left[-1]]


def _body(sheet: Sheet, table: _Table, columns: dict[int, _Column]) -> tuple[list[dict], list[str]]:
    """Values with their labels down to the notes, and remarks on rows that are not taken."""
    records: list[dict] = []
    numbers = range(table.body, table.end)
    names = _places((each.label_column, each.alt_column) for each in columns.values())
    years = _places((each.year_column,) for each in columns.values())
    subjects = _places((each.subject_column,) for each in columns.values())
    units = _places((each.unit_column,) for each in columns.values())
    labels = names | years | subjects | units
    # An area may be merged over its years or subjects, and these over their areas
    rows = sheet.labelled(labels if (years | subjects) - names else ())
    shifted = shifted_rows(sheet, table.head, table.end).intersection(numbers)
    nameless, undated, unsaid, below_notes = [], [], [], []
    in_notes, group = False, None
    for number in numbers:
        row = rows[number]
        group = group if in_notes else table.groups.get(number, group)
        if number in table.groups and not in_notes and len(filled(row)) == 1:
            records += row_cells([(number, row)], "label")
            continue
        is_said = not subjects or any(_word(row, column) for column in subjects)
        is_named = any(cell(row, column) is not None for column in names)
        is_placed = is_named and bool(group or not table.is_placed_by_group)
        is_placed = is_placed and bool(table.whole or number not in table.groups)
        is_dated = not years or any(year_of(cell(row, column)) for column in years)
        is_dated = is_dated and bool(year_of(group) or not table.is_dated_by_group)
        in_notes = in_notes or opens_notes(row)
        if has_values(row, columns):
            below_notes += [number] if in_notes and is_named else []
            nameless += [number] if not (in_notes or is_placed) else []
            undated += [number] if is_placed and not (in_notes or is_dated) else []
            unsaid += [number] if is_placed and is_dated and not (in_notes or is_said) else []
        if in_notes or number in shifted:
            records += row_cells([(number, row)], "note" if in_notes else "unused")
        else:
            records += _row(number, row, labels, columns, table, group)
    return records, [
        *said_of_shifted(shifted),
        *unheaded(records, rows[table.head : table.body]),
        *left_out(nameless, "have values but no area"),
        *left_out(undated, "have values but no year"),
        *left_out(unsaid, "have values but no indicator"),
        *left_out(below_notes, "have values but stand below the notes"),
    ]


def _places(columns: Iterable[tuple[int | None, ...]]) -> set[int]:
    return {place for group in columns for place in group if place is not None}


def _row(
    number: int,
    row: Row,
    labels: set[int],
    columns: dict[int, _Column],
    table: _Table,
    group: str | None,
) -> Iterator[dict]:
    """The cells of a row; what has no heading, no label or, in its place, no year is unused."""
    for position, text in enumerate(row):
        column = columns.get(position)
        said = _labels(row, column, table, group) if column else None
        if said is None:
            if text is not None:
                yield cell_record(
                    number, position, "label" if position in labels else "unused", text
                )
            continue
        yield cell_record(number, position, "value", text, **said)


def _unit_beside(row: Row, column: _Column) -> str | None:
    """The unit in a cell of its own, with brackets or without: 公里, (公里)."""
    unit = _word(row, column.unit_column)
    match = IN_BRACKETS.fullmatch(unit or "")
    return match[1] if match else unit


def _labels(
    row: Row, column: _Column, table: _Table, group: str | None
) -> dict[str, str | None] | None:
    """What a value is of; None where neither its row nor the one of its group says it."""
    label = cell(row, column.label_column)
    alt = cell(row, column.alt_column) if column.alt_column is not None else None
    year = column.year
    if column.year_column is not None:
        year = year_label(cell(row, column.year_column))
    elif table.is_dated_by_group:
        year = year or year_label(group)
    area = group if table.is_placed_by_group else column.area
    if (label is None and alt is None) or not year or (table.is_placed_by_group and not group):
        return None
    subject, own, by_area = column.subject, None, table.rows_are == "area"
    if by_area and table.is_dated_by_group and year_of(label):
        label, alt = table.whole, None
        if label is None:
            return None
    if table.rows_are == "subject" or column.subject_column is not None:
        printed = _word(row, column.subject_column) if by_area else label or alt
        if not printed:
            return None
        name, own = _without_unit(printed)
        subject = "/".join(filter(None, (name, subject)))
    return {
        "table_title": table.caption.title,
        "indicator_label": subject,
        "unit_label": own or _unit_beside(row, column) or column.unit,
        "area_label": label if by_area else area,
        "area_label_alt": alt if by_area else None,
        "period_label": year,
    }
