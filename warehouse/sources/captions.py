"""What the lines above a table of a yearbook say: its title, its unit and its years."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from warehouse.contract.labels import (
    UNIT_LINE,
    are_units,
    has_chinese,
    is_footnote,
    is_note,
    is_number,
    is_unit,
    label_key,
    plain_unit,
    title_key,
    unit_said,
    year_of,
    years_in,
)
from warehouse.sources.tables import Row, lines_of, texts

BRACKET = re.compile(r"[(（]([^()（）]+)[)）]")
IN_BRACKETS = re.compile(rf"\s*{BRACKET.pattern}\s*")
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


@dataclass(frozen=True)
class Caption:
    """What the lines above a table say."""

    title: str | None = None
    unit: str | None = None
    years: tuple[int, ...] = ()

    @property
    def is_by_region(self) -> bool:
        return bool(_BY_REGION.search(self.title or ""))


def caption_of(
    rows: Sequence[Row], name: str, is_first: bool, before: Sequence[Caption]
) -> Caption:
    """What the rows above a table say, and the name of its sheet, the title of its first perhaps.

    What goes on with the table before has what the last of the captions before says.
    """
    lines = _lines_above(rows)
    if is_first and _opens_caption(name):
        lines = [name, *lines]
    goes_on = not is_first or any(_CONTINUED.search(line) for line in lines)
    said = _said(lines, before[-1] if before and goes_on else Caption())
    return replace(
        said, title=_of_sheet(said.title, name), unit=said.unit or _unit_in_brackets(name)
    )


def caption_start(rows: Sequence[Row], head: int) -> int:
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


def is_numbered_title(text: str | None) -> bool:
    """Whether a line is the title of a yearbook's table, or of its continuation ("7-6 续表")."""
    key = label_key(text or "")
    number = re.match(r"(?:附?表|table)?\d{1,2}[-\u2010-\u2015]\d{1,3}(?!\d*月)|附表|表\d", key)
    return bool(number) and title_key(text or "") != key


def _of_sheet(title: str | None, name: str) -> str | None:
    """A title, with what its sheet's name says and it does not: 规模以上工业企业, 1-9月, 增速."""
    narrows = (_SCOPE.search(name), _MEASURE.fullmatch(name), _WITHIN_YEAR.search(name))
    if not any(narrows) or any(said and said[0] in (title or "") for said in narrows):
        return title
    return f"{title}({name})" if title else name


def _unit_in_brackets(name: str) -> str | None:
    """The unit in the name of a sheet: 地区生产总值(万元)."""
    return next(filter(is_unit, BRACKET.findall(name)), None)


def _is_caption(row: Row) -> bool:
    lines = texts(row)
    return not any(map(_is_value, lines)) and all(
        not _is_remark(text) and (_opens_caption(text) or years_in(text)) for text in lines
    )


def _is_value(text: str) -> bool:
    return is_number(text) and year_of(text) is None


def _opens_caption(text: str) -> bool:
    return bool(
        unit_said(text) is not None
        or _CONTINUED.search(text)
        or is_numbered_title(text)
        or IN_BRACKETS.fullmatch(text)
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
    is_sentence = bool(_ENDS_SENTENCE.search(text.strip())) and not UNIT_LINE.match(text.strip())
    is_remark = is_note(text) or is_footnote(text) or is_item or is_sentence
    return is_remark and not _NOT_CURRENT.fullmatch(text)


def _lines_above(rows: Sequence[Row]) -> list[str]:
    """The lines above a heading row from the top, down from the last row of another table.

    Notes and sentences are no part of a caption.
    """
    lines: list[str] = []
    for row in rows:
        first = next(iter(texts(row)), "")
        printed = [] if is_note(first) and not _NOT_CURRENT.fullmatch(first) else lines_of(row)
        if len(printed) > 1 and any(map(_is_value, printed)):
            named = [text for text in printed if is_numbered_title(text)]
            lines = [*lines, *named] if named else []
        else:
            lines += printed
    return [line for line in lines if not _is_remark(line)]


def _said(lines: Sequence[str], before: Caption) -> Caption:
    """Title, unit and years from the lines above a table; a continuation keeps those before it.

    A subtitle belongs to the title: （按收发货人所在地分）, 按地区分布(2019年), 规模以上工业企业.
    """
    title = _title(lines)
    asides = [match[1].strip() for line in lines if (match := IN_BRACKETS.fullmatch(line))]
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
    plain = {line: IN_BRACKETS.fullmatch(line) for line in lines if line != title}
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
        and not UNIT_LINE.match(line.strip())
        and not IN_BRACKETS.fullmatch(line)
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
    bare = UNIT_LINE.sub("", line).strip(" ()（）\u3000")
    year = year_of(bare)
    return [] if year is None else [year]


def _unit(lines: Sequence[str], asides: Sequence[str]) -> str | None:
    """The unit of a table: 单位：万元, a line in brackets, or in brackets behind the title."""
    units = [unit for line in lines if (unit := unit_said(line))]
    units += [line for line in [*asides, *lines] if are_units(line)]
    units += [aside for aside in asides if not has_chinese(aside) and not years_in(aside)]
    titles = (line for line in lines if _may_be_title(line))
    units += [aside for line in titles for aside in BRACKET.findall(line) if is_unit(aside)]
    return plain_unit(units[0]) if units else None
