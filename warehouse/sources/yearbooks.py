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
    UNIT_WORD,
    are_units,
    has_chinese,
    is_area_heading,
    is_footnote,
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

_UNIT_LINE = re.compile(rf"(?:{UNIT_WORD}|unit\s*[:：]\s*)(.*)", re.IGNORECASE)
_BEHIND_UNIT = re.compile(r"\s{2,}|\s(?=(?:19|20)\d{2})|\s(?=unit\s*[:：])", re.IGNORECASE)
_BRACKET = re.compile(r"[(（]([^()（）]+)[)）]")
_IN_BRACKETS = re.compile(rf"\s*{_BRACKET.pattern}\s*")
_TRANSLATED = re.compile(r"\s*[(（][^()（）\u3400-\u9fff]*[)）]\s*$")
_CONTINUED = re.compile(r"续表|[(（]\s*续|\d\s*续\s*\d*$|continued", re.IGNORECASE)
_BY_REGION = re.compile(r"[各分按]\s*地\s*区|各省|by (?:region|province)", re.IGNORECASE)
_BY = re.compile(r"\s*按\S{2,20}分(?:布|组|类)?\s*(?:[(（].*[)）])?\s*")
# What says no more of a table than whose it is, where it stands or one turns to, in which unit or
# at current prices it is, or that it is of all
_BESIDE_THE_TITLE = re.compile(
    r"[:：]|返回|目录|打印|下载|分享|字[体号]|来源|统计局|出版社|^\s*(?:计量)?单位"
    r"|第\s*[\d一二三四五六七八九十]+\s*[页章篇]|^\s*[一二三四五六七八九十]+、"
    r"|^\s*(?:全[国部省市区]|合计|总计|综合|当年价格?|现价|\S{2,6}(?:省|市|自治区))\s*$"
)
# Whom a table may be of alone: a sheet of R&D in firms has the title of all R&D
_SCOPE = re.compile("规模以上|规上|限额以上|大中型|企业|高技术|校|研究.{0,4}机构|科研(?:机构|院所)")
_LONGEST_CHAPTER = 20
# Or of what: the growth of what the title names, and not itself
_MEASURE = re.compile(
    "(?:比上年|同比)?(?:增长|增速|增幅|发展)[率速度%]*|指数|比重|构成|占比|人均|位次"
)
_WITHIN_YEAR = re.compile(r"\d\s*月?\s*[-\u2010-\u2015~至]\s*\d{1,2}\s*月|季度|半年")
# A remark above a table that makes something else of what its title names
_NOT_CURRENT = re.compile(
    r"\s*(?:本表)?(?:数据)?按(?:\d{4}年)?(?:不变|可比|固定)?价格?计算[。.]?\s*"
)
_YEARBOOK = re.compile(r"年鉴|yearbook", re.IGNORECASE)
_DATE = re.compile(r"\d\s*年\s*\d{1,2}\s*月|\d{4}[-/]\d{1,2}[-/]\d{1,2}")
_ITEM = re.compile(r"\s*\d{1,2}\s*[.、．](?!\d{1,2}(?!\d))")
_ENDS_SENTENCE = re.compile(r"[。；;]|[.!]\s*$")
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
class Caption:
    """What the lines above a table say."""

    title: str | None = None
    unit: str | None = None
    years: tuple[int, ...] = ()

    @property
    def is_by_region(self) -> bool:
        return bool(_BY_REGION.search(self.title or ""))


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


def is_numbered_title(text: str | None) -> bool:
    """Whether a line is the title of a yearbook's table, or of its continuation ("7-6 续表")."""
    key = label_key(text or "")
    number = re.match(r"(?:附?表|table)?\d{1,2}[-\u2010-\u2015]\d{1,3}(?!\d*月)|附表|表\d", key)
    return bool(number) and title_key(text or "") != key


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
    starts = [0, *(_caption_start(rows, head) for head in heads[1:])]
    for head, start, end in zip(heads, starts, [*starts[1:], len(rows)], strict=False):
        lines = _lines_above(rows[start:head])
        if head == heads[0] and _opens_caption(name):
            lines = [name, *lines]
        goes_on = head != heads[0] or any(_CONTINUED.search(line) for line in lines)
        caption = _caption(lines, before[-1] if before and goes_on else Caption())
        unit = caption.unit or _unit_in_brackets(name)
        before.append(replace(caption, title=_of_sheet(caption.title, name), unit=unit))
        yield _table(rows, start, head, end, before[-1], file.declaration.area)


def _of_sheet(title: str | None, name: str) -> str | None:
    """A title, with what its sheet's name says and it does not: 规模以上工业企业, 1-9月, 增速."""
    narrows = (_SCOPE.search(name), _MEASURE.fullmatch(name), _WITHIN_YEAR.search(name))
    if not any(narrows) or any(said and said[0] in (title or "") for said in narrows):
        return title
    return f"{title}({name})" if title else name


def _unit_in_brackets(name: str) -> str | None:
    """The unit in the name of a sheet: 地区生产总值(万元)."""
    return next(filter(is_unit, _BRACKET.findall(name)), None)


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


def _caption_start(rows: Sequence[Row], head: int) -> int:
    """The first of the lines above a heading row that belong to it and not to the table before.

    Remarks and translations may stand among them, but open no caption; nor does a line below a
    note that could as well go on with it.
    """
    start = head
    for number in range(head - 1, -1, -1):
        if _is_caption(rows[number]):
            start = number
        elif not _is_beside_the_title(rows[number]):
            break
    if start > 0 and any(map(_is_remark, texts(rows[start - 1]))):
        while start < head and not any(map(_opens_caption, texts(rows[start]))):
            start += 1
    return start


def _is_caption(row: Row) -> bool:
    lines = texts(row)
    return not any(map(_is_value, lines)) and all(
        not _is_remark(text) and (_opens_caption(text) or years_in(text)) for text in lines
    )


def _is_value(text: str) -> bool:
    return is_number(text) and year_of(text) is None


def _opens_caption(text: str) -> bool:
    return bool(
        _UNIT_LINE.search(text)
        or _CONTINUED.search(text)
        or is_numbered_title(text)
        or _IN_BRACKETS.fullmatch(text)
        or _BY_REGION.search(text)
    )


def _is_beside_the_title(row: Row) -> bool:
    """Whether a row is one line that may stand in a caption: a translation, a remark."""
    lines = texts(row)
    return len(lines) == 1 and (
        _is_remark(lines[0]) or not (has_chinese(lines[0]) or is_number(lines[0]))
    )


def _is_remark(text: str) -> bool:
    """Whether a line says something about a table instead of naming it: a note, a sentence."""
    is_item = bool(_ITEM.match(text)) and not (_BY_REGION.search(text) and years_in(text))
    is_sentence = bool(_ENDS_SENTENCE.search(text.strip())) and not _UNIT_LINE.match(text.strip())
    is_remark = is_note(text) or is_footnote(text) or is_item or is_sentence
    return is_remark and not _NOT_CURRENT.fullmatch(text)


def _lines_above(rows: Sequence[Row]) -> list[str]:
    """The lines above a heading row from the top, down from the last row of another table.

    Notes and sentences are no part of a caption. A word such as 单位： takes its neighbour along.
    """
    lines: list[str] = []
    for row in rows:
        first = next(iter(texts(row)), "")
        printed = [] if is_note(first) and not _NOT_CURRENT.fullmatch(first) else texts(row)
        if len(printed) > 1 and any(map(_is_value, printed)):
            named = [text for text in printed if is_numbered_title(text)]
            lines = [*lines, *named] if named else []
            continue
        for text, following in zip(printed, [*printed, ""][1:], strict=True):
            unit = _UNIT_LINE.search(text)
            lines.append(f"{text}{following}" if unit and not unit[1].strip() else text)
    return [line for line in lines if not _is_remark(line)]


def _caption(lines: Sequence[str], before: Caption) -> Caption:
    """Title, unit and years from the lines above a table; a continuation keeps those before it.

    A subtitle belongs to the title: （按收发货人所在地分）, 按地区分布(2019年), 规模以上工业企业.
    """
    title = _title(lines)
    asides = [match[1].strip() for line in lines if (match := _IN_BRACKETS.fullmatch(line))]
    if title is not None:
        title += "".join(f"({one})" for one in _subtitles(title, lines, asides))
    elsewhere = [year for line in lines if line not in (title or "") for year in _own_years(line)]
    return Caption(
        title or before.title,
        _unit(lines, asides) or before.unit,
        tuple(years_in(title or "") or dict.fromkeys(elsewhere)) or before.years,
    )


def _subtitles(title: str, lines: Sequence[str], asides: Sequence[str]) -> list[str]:
    """What the lines beside a title add to it, without brackets."""
    place = lines.index(title)
    under = lines[place + 1 :]
    plain = {line: _IN_BRACKETS.fullmatch(line) for line in lines if line != title}
    below = [
        match[1] if match else line.strip()
        for line, match in plain.items()
        if _narrows(line) or (line in under and _says_scope(line))
    ]
    above = lines[max(place - 2, 0) : place]
    below += [line.strip() for line in above if _is_chapter(line) and not _SCOPE.search(title)]
    said = [line for line in below if not _repeats(title, line)]
    return [*dict.fromkeys([*filter(_is_subtitle, asides), *said])]


def _is_chapter(line: str) -> bool:
    """Whether a line above a title is a chapter that says whose its tables are: 四、高等学校."""
    is_short = len(line) <= _LONGEST_CHAPTER and not re.search("[:：>|]|年鉴", line)
    return is_short and bool(_SCOPE.search(line))


def _repeats(title: str, line: str) -> bool:
    """Whether a line says nothing but what the title does, or its Chinese beside a translation."""
    chinese = "".join(filter(has_chinese, line)) or line
    return any(title_key(said) in title_key(title) for said in (line, chinese))


def _title(lines: Sequence[str]) -> str | None:
    """The line that names the table: the likeliest, and of those the one closest to the headings.

    A chapter's name may stand above it, a page's heading, the yearbook's own name, a date.
    """
    found = [line for line in lines if _may_be_title(line)]
    ranked = sorted(
        range(len(found)),
        key=lambda place: (
            has_chinese(found[place]) and is_numbered_title(found[place]),
            has_chinese(found[place]) and bool(years_in(found[place])),
            has_chinese(found[place]) and bool(_BY_REGION.search(found[place])),
            bool(years_in(found[place])) or is_numbered_title(found[place]),
            has_chinese(found[place]),
            place,
        ),
    )
    return found[ranked[-1]] if ranked else None


def _may_be_title(line: str) -> bool:
    return (
        bool(title_key(line))
        and not _UNIT_LINE.match(line.strip())
        and not _IN_BRACKETS.fullmatch(line)
        and not are_units(line)
        and year_of(line) is None
        and not (_YEARBOOK.search(line) and not is_numbered_title(line))
        and not (_DATE.search(line) or _NOT_CURRENT.fullmatch(line))
    )


def _is_subtitle(aside: str) -> bool:
    return has_chinese(aside) and not are_units(aside) and not years_in(aside)


def _narrows(line: str) -> bool:
    """Whether a line says how a table is split, that it is of no whole year, or at what prices."""
    return bool(_BY.fullmatch(line) or _WITHIN_YEAR.search(line) or _NOT_CURRENT.fullmatch(line))


def _says_scope(line: str) -> bool:
    """Whether a line below the title says of whom the table is: 规模以上工业企业, ——高等学校."""
    return (
        has_chinese(line)
        and _may_be_title(line)
        and not years_in(line)
        and not _opens_caption(line)
        and not _BESIDE_THE_TITLE.search(line)
    )


def _own_years(line: str) -> list[int]:
    """The year of a line beside the title that is nothing but a year: "2019年", "(2019)"."""
    bare = _UNIT_LINE.sub("", line).strip(" ()（）\u3000")
    year = year_of(bare)
    return [] if year is None else [year]


def _unit(lines: Sequence[str], asides: Sequence[str]) -> str | None:
    """The unit of a table: 单位：万元, a line in brackets, or in brackets behind the title."""
    units = [match[1] for line in lines if (match := _UNIT_LINE.search(line)) and match[1].strip()]
    units += [line for line in [*asides, *lines] if are_units(line)]
    units += [aside for aside in asides if not has_chinese(aside) and not years_in(aside)]
    titles = (line for line in lines if _may_be_title(line))
    units += [aside for line in titles for aside in _BRACKET.findall(line) if is_unit(aside)]
    return _plain_unit(units[0]) if units else None


def _plain_unit(unit: str) -> str:
    """A printed unit without its translation and without a year behind it: "万元(10 000 yuan)"."""
    chinese = _TRANSLATED.sub("", unit).strip() if has_chinese(unit) else unit.strip()
    if is_unit(chinese):
        return chinese
    return re.split(
        r"\s{2,}|\s(?=(?:19|20)\d{2})|\s(?=unit\s*[:：])", chinese, flags=re.IGNORECASE
    )[0]


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
        said = [_IN_BRACKETS.fullmatch(text) for row in body if (text := cell(row, column))]
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
    for aside in _BRACKET.finditer(level):
        if year := year_label(aside[1]):
            return level.replace(aside[0], "").strip(), year
    match = _YEAR_IN_FRONT.fullmatch(level.strip())
    return (match[2], match[1]) if match else (level, None)


def _without_unit(level: str) -> tuple[str, str | None]:
    """A heading, and the unit that it is or has in brackets: "R&D经费（亿元）"."""
    if is_unit(level):
        return "", level
    units = [match[1] for match in _BRACKET.finditer(level) if is_unit(match[1])]
    name = _BRACKET.sub(lambda match: "" if is_unit(match[1]) else match[0], level)
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
    match = _IN_BRACKETS.fullmatch(unit or "")
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
