"""Patent statistics by region, in workbooks and on web pages: regions in rows, counts in columns.

What is counted (applications, grants, patents in force) and of which kind (invention, utility
model, design) stands in the headings or in the title; both are kept as printed, and the key of a
count says both in one way: "授权/发明".
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from warehouse.contract.cells import cell_record, column_letters
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    UNIT_LINE,
    area_key,
    is_area_heading,
    is_note,
    is_number,
    is_unit,
    label_key,
    split_unit,
    squeeze,
    title_key,
    unit_said,
    year_of,
    years_in,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.headings import area_column, body_start, heading_rows, levels_of
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    has_values,
    left_out,
    lines_of,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
)

_SUBJECT = re.compile(r"专利|发明|实用新型|外观设计|申请|受理|授权|有效")
_YEAR_LINE = re.compile(
    r"[(（]?(?:(?:年份|年度|时间|统计时间)[:：])?[12]\d{3}年?度?(?:\d{1,2}月?[-—–~至]\d{1,2}月份?)?[)）]?"
)
_PUBLISHED = re.compile(r"发布|来源|更新|日期|copyright|©|版权", re.IGNORECASE)
_MONTHS = re.compile(r"(\d{1,2})月?(?:份)?[-—–~至到](?:年)?(\d{1,2})月")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月")
_PART_OF_YEAR = re.compile(r"季度|上半年|下半年|本月|当月")
_LONGEST_TITLE = 80
_MEASURES = ("申请", "授权", "有效")
_KINDS = ("发明", "实用新型", "外观设计")
_ALL_KINDS = "合计"
# One word for one thing, in this order
_IN_FULL = (
    (re.compile("(实用)?新型"), "实用新型"),
    (re.compile("外观(设计)?"), "外观设计"),
    (re.compile("申请授权"), "授权"),
    (re.compile("申请受理|受理"), "申请"),
)
# What a heading says beside measure and kind without counting anything else (职务, 增长率)
_PLAIN_WORDS = re.compile(
    r"国内外|国内|按?分?各?地区|分布|[各分]省|三种|3种|专利|合计|总计|小计|总数|总量|其中|状况|情况|统计"
    r"|数量|年度|年末|当年|本年|[年月数量件表0-9/()、,-]"
)
_TOTALS = {"合计", "总计", "总数", "总累计"}
_HOME, _ABROAD = "国内", "国外"


@dataclass(frozen=True)
class _Caption:
    """What the lines above a table say; `period` is the text that names its time."""

    title: str | None = None
    unit: str | None = None
    period: str = ""


@dataclass(frozen=True)
class _Column:
    indicator: str
    unit: str | None
    year: int


def read(file: SourceFile) -> Reading:
    """The cells of every table. Raises Rejected if none is of a whole year."""
    return read_each_sheet(
        file, _read_sheet, "a table whose headings begin with 地区 and name 申请, 授权 or 有效"
    )


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    rows = sheet.rows
    heads = heading_rows(rows)
    if not heads:
        return None
    starts = [0, *(_caption_start(rows, head) for head in heads[1:])]
    records: list[dict] = []
    remarks: list[str] = []
    caption, taken = _Caption(), 0
    for head, start, end in zip(heads, starts, [*starts[1:], len(rows)], strict=True):
        caption = _caption(rows[start:head], caption)
        body = body_start(rows, head)
        columns, of_columns = _columns(rows[head:body], caption, file)
        taken += len(columns)
        remarks += of_columns
        records += row_cells(enumerate(rows[start:body], start))
        areas = area_column(rows[head]) or 0
        moved = shifted_rows(sheet, head, end).intersection(range(body, end))
        records += row_cells(((number, rows[number]) for number in sorted(moved)), "unused")
        numbered = [(n, row) for n, row in enumerate(rows[body:end], body) if n not in moved]
        records += _body(numbered, areas, columns, caption)
        nameless = [n for n, row in numbered if _is_nameless(row, areas, columns)]
        remarks += [*said_of_shifted(moved), *left_out(nameless, "have values but no area")]
    if not taken:
        raise Rejected("; ".join(remarks) or f"has no counts beside 地区 in row {heads[0] + 1}")
    _place(record for record in records if record["role"] == "value")
    return records, remarks


def _is_nameless(row: Row, areas: int, columns: Collection[int]) -> bool:
    return cell(row, areas) is None and has_values(row, columns)


def _place(values: Iterator[dict]) -> None:
    """Say of the values which total is that of the country and which rows are countries abroad.

    A total may be of applicants in China and abroad; then the row 国内 is the country. The tables
    of a sheet that go on under one title are one.
    """
    tables: dict[str | None, list[dict]] = {}
    for value in values:
        value["area_key"] = area_key(value["area_label"])
        tables.setdefault(value["table_title"], []).append(value)
    for table in tables.values():
        origins = [value for value in table if value["area_key"].startswith((_HOME, _ABROAD))]
        abroad = [v["row_number"] for v in origins if v["area_key"].startswith(_ABROAD)]
        for value in table:
            value["is_abroad"] = bool(abroad) and value["row_number"] >= min(abroad)
            if value["area_key"] in _TOTALS:
                value["area_key"] = "国内外合计" if origins else "全国"


def _caption_start(rows: Sequence[Row], head: int) -> int:
    """The first of the lines of text right above a heading row."""
    start = head
    while start > 0 and len(filled(rows[start - 1])) <= 1:
        start -= 1
    return start


def _caption(rows: Sequence[Row], before: _Caption) -> _Caption:
    """Title, unit and time; a table without a title goes on with those of the one before.

    The title is the line nearest to the table that speaks of patents; if it names no year, the
    nearest line that does counts, but not a date of publication.
    """
    lines = [line for row in reversed(rows) for line in lines_of(row)]
    units = [unit for line in lines if (unit := unit_said(line))]
    spoken = [line for line in lines if _speaks_of_patents(line)]
    title = spoken[0] if spoken else before.title
    dated = [
        line
        for line in lines
        if (line in spoken and years_in(line)) or _YEAR_LINE.fullmatch(squeeze(line))
    ]
    named = title if title and years_in(title) else None
    period = named or (dated[0] if dated else before.period)
    return _Caption(title, units[0] if units else before.unit, period)


def _speaks_of_patents(line: str) -> bool:
    return bool(
        _SUBJECT.search(line)
        and len(line) <= _LONGEST_TITLE
        and not is_note(line)
        and not _PUBLISHED.search(line)
        and not UNIT_LINE.match(line.strip())
        and "。" not in line
    )


def _columns(
    header: Sequence[Row], caption: _Caption, file: SourceFile
) -> tuple[dict[int, _Column], list[str]]:
    """The columns of a whole year by their position, and what is said of the others.

    Raises Rejected if nothing names a year.
    """
    columns: dict[int, _Column] = {}
    left_out: dict[str, list[str]] = {}
    for column in range((area_column(header[0]) or 0) + 1, max(map(len, header))):
        levels = levels_of(header, column)
        if not levels or any(map(is_area_heading, levels)):
            continue
        names = [level for level in levels if not _names_time(level)]
        times = " ".join(level for level in levels if _names_time(level))
        period = times if years_in(times) else f"{caption.period} {times}".strip()
        year = _year(period, own=bool(years_in(times)), file=file)
        if year is None:
            left_out.setdefault(period, []).append(column_letters(column + 1))
            continue
        columns[column] = _Column(
            "/".join(names) or title_key(caption.title or ""),
            file.declaration.unit
            or (_unit_in(levels[-1]) if names else None)
            or caption.unit
            or _unit_in(caption.title or ""),
            year,
        )
    remarks = [
        f"columns {', '.join(letters)} are of {period}, which is not one whole year, and are not "
        "taken: land the table of the year"
        for period, letters in left_out.items()
    ]
    return columns, remarks


def _unit_in(text: str) -> str | None:
    """The unit in the last bracket of a heading or title; a time or (分地区) is none."""
    unit = split_unit(text)[1]
    return unit if is_unit(unit) else None


def _names_time(heading: str) -> bool:
    text = squeeze(heading)
    return bool(
        year_of(text)
        or years_in(text)
        or _MONTH.search(text)
        or _PART_OF_YEAR.search(text)
        or text in ("当年", "本年")
        or "累计" in text
    )


def _year(period: str, own: bool, file: SourceFile) -> int | None:
    """The year that a text names, None where it is a part of a year or several years.

    A declared year stands for a title, not for a heading that names its own (`own`). Raises
    Rejected if no year is named.
    """
    if file.declaration.year and not own:
        return file.declaration.year
    text = squeeze(period)
    years = years_in(period) or years_in(text)  # "表2 2019年" has one in print alone
    if not years:
        raise Rejected(
            "has a table whose title names no year: write `year: YYYY` under "
            f"`files: {file.name}:` in _edition.yml"
        )
    span, months = _MONTHS.search(text), _MONTH.findall(text)
    if len(years) > 1 or _PART_OF_YEAR.search(text):
        return None
    if span:
        return years[0] if (int(span[1]), int(span[2])) == (1, 12) else None
    if months:  # a stock at the end of December is that of the year, a month is not
        is_end = re.search(r"12月(?:31日|底|末)|截[至止][^月]*12月(?!\d)", text)
        return years[0] if is_end else None
    if "累计" in text and not re.search(r"本年|当年|全年|年度", text):
        return None
    return years[0]


def _body(
    rows: Sequence[tuple[int, Row]], areas: int, columns: dict[int, _Column], caption: _Caption
) -> Iterator[dict]:
    """Values with their labels down to the notes or the last number."""
    notes = next((number for number, row in rows if any(map(is_note, row[:1]))), None)
    counted = [number for number, row in rows if any(map(is_number, row))]
    end = min(notes or counted[-1] + 1, counted[-1] + 1) if counted else 0
    for number, row in rows:
        if number >= end:
            yield from row_cells([(number, row)], "note")
            continue
        area = cell(row, areas)
        for position in range(max(len(row), max(columns, default=0) + 1)):
            text = cell(row, position)
            if area is None or position not in columns:
                if text is not None:
                    yield cell_record(
                        number, position, "label" if position == areas else "unused", text
                    )
                continue
            column = columns[position]
            yield cell_record(
                number,
                position,
                "value",
                text,
                table_title=caption.title,
                title_key="",
                indicator_label=column.indicator,
                indicator_key=_count_key(column.indicator, caption.title or ""),
                unit_label=column.unit,
                area_label=area,
                period_label=str(column.year),
            )


@cache
def _count_key(heading: str, title: str) -> str:
    """What a column counts and of which kind, by its heading or else by the title: "授权/发明".

    A heading with any other word keeps its own key and stands for nothing we know.
    """
    words, title_words = _in_full(label_key(heading)), _in_full(title_key(title))
    own_measure, own_kind = _the_one(words, _MEASURES), _the_one(words, _KINDS)
    measure = own_measure or _the_one(title_words, _MEASURES)
    kind = own_kind or _the_one(title_words, _KINDS) or _ALL_KINDS
    others = _PLAIN_WORDS.sub("", words)
    for known in filter(None, (own_measure, own_kind)):
        others = others.replace(known, "")
    return f"{measure}/{kind}" if measure and not others else label_key(heading)


def _in_full(text: str) -> str:
    for pattern, word in _IN_FULL:
        text = pattern.sub(word, text)
    return text


def _the_one(text: str, words: Sequence[str]) -> str | None:
    """The one of the words that a text holds; None where it holds none or several."""
    held = [word for word in words if word in text]
    return held[0] if len(held) == 1 else None
