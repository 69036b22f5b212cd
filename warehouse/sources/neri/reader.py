"""The marketisation index of the provinces: years or indices in columns, one base an edition.

An index is comparable within its base only. The base stands in the title (2016年为基期) or is
declared as `series_vintage`, and goes with every value.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise

from warehouse.contract.cells import cell_record, column_letters
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    is_area_heading,
    is_note,
    is_number,
    is_period_heading,
    is_subject_heading,
    label_key,
    period_of,
    squeeze,
    year_label,
    year_of,
    years_in,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Rows, Sheet
from warehouse.sources.headings import area_column, body_start, heading_rows, levels_of
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    has_values,
    left_out,
    open_declared_sheets,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
    texts,
)

_BASE = re.compile(
    r"((?:19|20)\d{2})年?(?:作?为|=)(?:基期|基年|基准|100)|((?:19|20)\d{2})年?基期"
    r"|(?:基期|基年|baseyear|base)(?:年份?)?[:：为是=]?((?:19|20)\d{2})",
    re.IGNORECASE,
)
_EXTRAPOLATED = re.compile(r"推算|外推|估算|预测|推测|插补")
_SCORES = {"评分", "得分", "分值", "数值", "指数值", "score", "value", "index"}
_ASPECT = re.compile(r"政府与市场|非国有|产品市场|要素市场|中介|法律|法治|制度环境")
# What a title says beside the name of its index
_PLAIN_WORDS = re.compile(
    r"^表?[0-9.、-]+|\([^()]*\)|(19|20)[0-9]{2}年?|[-–—~至]|中国|全国|各?分?省份|各?分?省区市|各省|分省"
    r"|各地区|历年|评分|得分|数据|[和与及]排[序名]"
)
_POINTS = "点"
_NUMBERS = {"序号", "编号", "no", "no.", "代码", "省份代码", "行政区划代码", "id"}


@dataclass(frozen=True)
class _Column:
    """A column of values; what it does not say itself stands in the row or above the table."""

    indicator: str | None = None
    year: str | None = None
    area: str | None = None


@dataclass(frozen=True)
class _Table:
    """Where a table stands and which columns say what; `rows` are those of its sheet."""

    head: int
    body: int
    area: int | None
    period: int | None
    indicator: int | None
    values: dict[int, _Column]


def read(file: SourceFile) -> Reading:
    """The cells of every table. Raises Rejected if index or year is unknown."""
    bases = {
        base
        for sheet in open_declared_sheets(file)
        if not sheet.is_hidden
        for row in sheet.rows
        for base in _bases(row)
    }
    reading = read_each_sheet(
        file,
        partial(_read_sheet, base=bases.pop() if len(bases) == 1 else None),
        "a heading row with 地区 or 省份 and years, or with 年份 and the names of indices",
        is_compiled=True,
    )
    return Reading(reading.cells, tuple(dict.fromkeys(reading.remarks)))


def _bases(row: Row) -> list[str]:
    matches = (match for text in row if text for match in _BASE.finditer(squeeze(text)))
    return [match[1] or match[2] or match[3] for match in matches]


def _read_sheet(
    sheet: Sheet, file: SourceFile, base: str | None
) -> tuple[list[dict], list[str]] | None:
    rows = sheet.rows
    tables = _tables(rows)
    if not tables:
        return None
    records: list[dict] = []
    remarks: list[str] = []
    start = 0
    for table, following in zip(tables, [*tables[1:], None], strict=True):
        above = rows[start : table.head]
        title = _title(above)
        said = [found for row in above for found in _bases(row)] or _bases([sheet.name])
        own = said[0] if said else base
        end = _caption_start(rows, table, following) if following else len(rows)
        records += row_cells(enumerate(rows[start : table.body], start))
        moved = shifted_rows(sheet, table.head, end).intersection(range(table.body, end))
        records += row_cells(((number, rows[number]) for number in sorted(moved)), "unused")
        read = [number for number in range(table.body, end) if number not in moved]
        records += _body(rows, table, read, title, own, sheet.name, file)
        nameless = [number for number in read if _is_nameless(rows[number], table)]
        remarks += [*said_of_shifted(moved), *left_out(nameless, "have values but no area")]
        start = end
        if not (own or file.declaration.series_vintage):
            remarks.append(
                "no base year is named (…年为基期), so that its values join those of no other "
                "edition: write `series_vintage: base-YYYY` in _edition.yml"
            )
    if file.declaration.estimated_years is None:
        remarks += [
            f"a note speaks of extrapolated values ({text.strip()}): write the years as "
            "`estimated_years: [...]` in _edition.yml"
            for row in rows
            for text in row
            if text and _EXTRAPOLATED.search(text)
        ]
    return records, remarks


def _tables(rows: Rows) -> list[_Table]:
    """The tables of a sheet: below headings that name areas, else years or a column of years."""
    heads = heading_rows(rows)
    if heads:
        tables = [
            _table(rows, head, body_start(rows[:end], head), area_column(rows[head]))
            for head, end in pairwise([*heads, len(rows)])
        ]
    else:
        head = next((number for number, row in enumerate(rows) if _heads_years(row)), None)
        if head is None:
            return []
        tables = [_table(rows, head, head + 1, None)]
    return [table for table in tables if table.values]


def _heads_years(row: Row) -> bool:
    """Whether a row without a word for areas heads a table: years, or 年份 and areas."""
    columns = filled(row)
    years = [column for column in columns if year_of(row[column])]
    is_years = len(years) > 1 and len(columns) - len(years) <= 1
    return is_years or (len(columns) > 2 and is_period_heading(row[columns[0]]))


def _table(rows: Rows, head: int, body: int, areas: int | None) -> _Table:
    """What each column holds, by its headings."""
    header = rows[head:body]
    columns = {
        column: levels
        for column in range(max(map(len, header)))
        if (levels := levels_of(header, column))
    }

    def first(announces: Callable[[str], bool]) -> int | None:
        found = (column for column, levels in columns.items() if any(map(announces, levels)))
        return next(found, None)

    period = first(is_period_heading)
    indicator = first(is_subject_heading)
    is_across = areas is None and period is not None  # areas in columns, years in rows
    if areas is None and not is_across:
        first_year = next(column for column, levels in columns.items() if year_of(levels[0]))
        areas = max(first_year - 1, 0)
    values = {}
    for column, levels in columns.items():
        keys = {label_key(level) for level in levels}
        if column in (areas, period, indicator) or keys & _NUMBERS:
            continue
        if any(map(is_area_heading, levels)) or (areas is not None and column < areas):
            continue
        years = [level for level in levels if year_of(level)]
        names = [
            level for level in levels if level not in years and label_key(level) not in _SCORES
        ]
        if is_across and not names:
            continue
        values[column] = _Column(
            None if is_across else "/".join(names) or None,
            year_label(years[0]) if years else None,
            "/".join(names) if is_across else None,
        )
    return _Table(head, body, areas, period, indicator, values)


def _caption_start(rows: Rows, table: _Table, following: _Table) -> int:
    """The first of the lines above a table that follows another."""
    start = following.head
    while start > table.body and len(filled(rows[start - 1])) <= 1:
        start -= 1
    return start


def _title(above: Rows) -> str | None:
    """The line above a table that says which index it shows: the nearest, an aspect first."""
    lines = [line for row in reversed(above) for line in texts(row)]
    titles = [line for line in lines if "指数" in line or _ASPECT.search(line)]
    titles = [line for line in titles if not is_note(line) and "。" not in line]
    return next(filter(_ASPECT.search, titles), titles[0] if titles else None)


def _subject(title: str | None, sheet: str | None, file: SourceFile) -> str | None:
    """What a table shows whose columns are years: declared, or in the title or the sheet's name.

    Where both speak, the one that names an aspect is meant; the other names the whole work.
    """
    if file.declaration.indicator:
        return file.declaration.indicator
    named = [text for text in (title, sheet) if text and ("指数" in text or _ASPECT.search(text))]
    return next(filter(_ASPECT.search, named), named[0] if named else None)


def _body(
    rows: Rows,
    table: _Table,
    numbers: Sequence[int],
    title: str | None,
    base: str | None,
    sheet: str | None,
    file: SourceFile,
) -> Iterator[dict]:
    """Values with their labels down to the notes or the last number."""
    subject = _subject(title, sheet, file)
    fixed_year = _fixed_year(title, sheet, file)
    counted = [n for n in numbers if any(map(is_number, rows[n]))]
    last = counted[-1] if counted else -1
    for number in numbers:
        row = rows[number]
        if number > last or any(map(is_note, row[:1])):
            yield from row_cells([(number, row)], "note")
            continue
        period = period_of(cell(row, table.period)) if table.period is not None else None
        for position in range(max(len(row), max(table.values) + 1)):
            text, column = cell(row, position), table.values.get(position)
            area = _area(row, table, position)
            if column is None or area is None or (table.period is not None and not period):
                if text is not None:
                    is_key = position in (table.area, table.period, table.indicator)
                    yield cell_record(number, position, "label" if is_key else "unused", text)
                continue
            indicator = column.indicator or subject
            if table.indicator is not None:
                indicator = cell(row, table.indicator) or indicator
            year = column.year or (period or "")[:4] or fixed_year
            if indicator is None or year is None:
                raise _says_too_little(indicator, position, file)
            is_estimated = int(year[:4]) in (file.declaration.estimated_years or ())
            vintage = file.declaration.series_vintage or (base and f"base-{base}")
            yield cell_record(
                number,
                position,
                "value",
                text,
                table_title=title,
                title_key="",
                indicator_label=indicator,
                indicator_key=_index_key(indicator),
                unit_label=_POINTS,
                area_label=area,
                period_label=year,
                series_vintage=vintage,
                obs_status="E" if is_estimated else None,
            )


def _is_nameless(row: Row, table: _Table) -> bool:
    return (
        table.area is not None and cell(row, table.area) is None and has_values(row, table.values)
    )


def _area(row: Row, table: _Table, position: int) -> str | None:
    """The area of a value: that of its column, or the one named in its row."""
    column = table.values.get(position)
    if column is None:
        return None
    if column.area is not None:
        return column.area
    return cell(row, table.area) if table.area is not None else None


@cache
def _index_key(label: str) -> str:
    """The index among the words of a title: "各省份市场化总指数得分" -> "市场化总指数"."""
    return _PLAIN_WORDS.sub("", label_key(label))


def _fixed_year(title: str | None, sheet: str | None, file: SourceFile) -> str | None:
    """The year of a table whose columns are indices; the year of the base does not count."""
    if file.declaration.year:
        return str(file.declaration.year)
    for text in filter(None, (title, sheet)):
        years = years_in(_BASE.sub("", squeeze(text)))
        if len(years) == 1:
            return str(years[0])
    return None


def _says_too_little(indicator: str | None, column: int, file: SourceFile) -> Rejected:
    """The refusal where nothing says which index or which year a column shows."""
    lacking = "`indicator: 市场化总指数`" if indicator is None else "`year: YYYY`"
    what = "index" if indicator is None else "year"
    return Rejected(
        f"names no {what} for column {column_letters(column + 1)}: write {lacking} under "
        f"`files: {file.name}:` in _edition.yml"
    )
