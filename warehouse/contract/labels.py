"""Printed labels: the keys by which aliases find them, and what they say about years and notes."""

import datetime
import re
import unicodedata
from functools import lru_cache

# The same few thousand labels stand in every edition of a source
_KEPT = 1 << 16
_INVISIBLE = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")
_HAN = re.compile(r"[\u3005\u3007\u3400-\u9fff\U00020000-\U0003ffff]")
_OF_WHICH = re.compile(r"^(?:#|其中:)+")
_TABLE_NUMBER = re.compile(r"^(?:表|table)?\d{1,2}(?:[-\u2010-\u2015.]\d{1,3})+(?!\d)")
_YEAR_SPAN = r"(?:19|20)\d{2}年?(?:[-\u2010-\u2015~至](?:19|20)\d{2}年?)?度?"
_YEAR_IN_BRACKETS = re.compile(rf"\({_YEAR_SPAN}\)")
_YEAR_IN_FRONT = re.compile(rf"^{_YEAR_SPAN}(?=\D)")
_CONTINUED = re.compile(r"^续表(?:\d+(?![-\d]))?|(?:\((?:续表?|continued)\d*\)|续表\d*|continued)$")

_YEAR_CELL = re.compile(r"(?:FY)?((?:19|20)\d{2})(?:\.0)?年?度?", re.IGNORECASE)
_DATE = re.compile(
    r"((?:19|20)\d{2})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?|(\d{2})(\d{2})?)"
    r"(?:T?00:00(?::00(?:\.0+)?)?)?"
)
# Days since this one are how a spreadsheet stores a date; a cell that lost its format shows them.
_DAY_0 = datetime.date(1899, 12, 30)
_DAY_NUMBER = re.compile(r"(?:1[89]|[2-5]\d)\d{3}")
_PART_OF_YEAR = re.compile(
    r"(?:19|20)\d{2}(?:年?[-/]?(?:第?[一二三四1-4]季度?|前[一二三]季度?|[上下]半年"
    r"|(?:\d{1,2}[-~至])?\d{1,2}月份?|[QH][1-4])(?:累计)?|[A-D]|\d{2}(?:SS|MM))"
    r"|(?:[QH][1-4]|[1-4][QH]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?)"
    r"[,-]?(?:19|20)\d{2}",
    re.IGNORECASE,
)
_ANY_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_NUMBER = re.compile(r"[-+]?(?:\d[\d,]*)?\.?\d+(?:e[-+]?\d+)?[*%#]*", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:注|备注|附注|说明|数据来源|资料来源|来源|note|notes|remark|remarks|source|sources|"
    r"data ?sources?)\s*\d*\s*[:.、]",
    re.IGNORECASE,
)
_SENTENCE_MARKS = "：:。；;，,、"
_AREA_HEADINGS = {
    *("地区", "地方", "省份", "省市", "省", "省级", "省(区、市)", "省市区", "行政区", "行政区划"),
    *("省、自治区、直辖市", "省(自治区、直辖市)", "省(市、区)", "地区名称", "省份名称"),
    *("region", "regions", "province", "provinces", "area", "areas"),
}
_PERIOD_HEADINGS = {
    *("年份", "年度", "年", "时间", "统计年度", "统计年份", "会计年度", "报告年度"),
    *("year", "years", "time", "period", "fiscalyear", "statisticalyear"),
}
_CORNER = re.compile(r"[/\\|]")


@lru_cache(_KEPT)
def squeeze(text: str) -> str:
    """The text in NFKC (full-width letters become plain ones) without any white space."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(_KEPT)
def label_key(text: str) -> str:
    """A label whatever its spacing: "R&D人员\\n全时当量\\nTotal" -> "r&d人员全时当量".

    NFKC, no white space, lower case; a leading "#" or "其中:" is dropped, and so is a Latin
    translation that white space sets apart from Chinese characters before it. A label that has
    several levels ("合计/发明") is treated level by level. Idempotent.
    """
    levels = unicodedata.normalize("NFKC", text).split("/")
    plain = (_OF_WHICH.sub("", squeeze(_without_translation(level)).lower()) for level in levels)
    return squeeze("/".join(plain))


def _without_translation(text: str) -> str:
    """The text up to the white space that separates a trailing translation from Chinese.

    "人均 GDP" keeps its tail: on the same line only a word with small letters is a translation.
    """
    chinese = [match.end() for match in _HAN.finditer(text)]
    if not chinese:
        return text
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if position < chinese[-1] or depth > 0 or not character.isspace():
            continue
        tail = text[position:]
        translation = r"[^\W\d_]" if "\n" in tail[: len(tail) - len(tail.lstrip())] else r"[a-z]"
        return text[:position] if re.search(translation, tail) else text
    return text


def title_key(text: str) -> str:
    """The key of a table's title, without its number, its year and the mark of a continuation."""
    key, previous = label_key(text), None
    while key != previous:
        previous = key
        key = _TABLE_NUMBER.sub("", key)
        key = _YEAR_IN_FRONT.sub("", _YEAR_IN_BRACKETS.sub("", key))
        key = label_key(_CONTINUED.sub("", key))
    return key


def split_unit(label: str) -> tuple[str, str | None]:
    """The name and the unit in the last bracket: "人口数(抽样)(人)" -> "人口数(抽样)", "人".

    The unit is None where the label does not end in a bracket.
    """
    text = label.strip()
    if not text.endswith((")", "）")):
        return text, None
    depth = 0
    for position in range(len(text) - 1, 0, -1):
        depth += (text[position] in ")）") - (text[position] in "(（")
        if depth == 0:
            return text[:position].strip(), text[position + 1 : -1].strip() or None
    return text, None


def year_of(text: str | None) -> int | None:
    """The year if the cell holds a year and nothing else ("2017年", "2017", "2017.0", "FY2017")."""
    match = _YEAR_CELL.fullmatch(squeeze(text or ""))
    return int(match[1]) if match else None


def period_of(text: str | None) -> str | None:
    """The year, month or day that a cell holds and nothing else, as YYYY, YYYY-MM or YYYY-MM-DD.

    "2019年", "2019/12/31", "20191231" and "43830" (a spreadsheet's number of a day).
    """
    plain = squeeze(text or "")
    if year := year_of(plain):
        return str(year)
    try:
        if match := _DATE.fullmatch(plain):
            year, *parts = (int(part) for part in match.groups() if part)
            date = datetime.date(year, parts[0], parts[1] if len(parts) > 1 else 1)
            return date.isoformat()[: 10 if len(parts) > 1 else 7]
    except ValueError:  # a thirteenth month
        return None
    if _DAY_NUMBER.fullmatch(plain):
        return (_DAY_0 + datetime.timedelta(int(plain))).isoformat()
    return None


def is_part_of_year(text: str | None) -> bool:
    """Whether a text names a month, a quarter or a half of a year ("2021年3月", "2021Q1").

    A month may be the last of a span ("2021年1-6月").
    """
    plain = squeeze(text or "")
    is_date = len(period_of(plain) or "") > len("YYYY") and not _DAY_NUMBER.fullmatch(plain)
    return is_date or bool(_PART_OF_YEAR.fullmatch(plain))


def years_in(text: str) -> list[int]:
    """The different years that a title or a line names, in their order."""
    found = _ANY_YEAR.findall(unicodedata.normalize("NFKC", text))
    return [int(year) for year in dict.fromkeys(found)]


def has_chinese(text: str) -> bool:
    return bool(_HAN.search(text))


def is_note(text: str | None) -> bool:
    """Whether a line opens the notes below a table ("注：", "数据来源：", "Note:")."""
    return bool(text and _NOTE.match(unicodedata.normalize("NFKC", text).strip()))


def is_sentence(text: str | None) -> bool:
    """Whether a text that stands alone in its row has the marks of a sentence."""
    return any(mark in (text or "") for mark in _SENTENCE_MARKS)


def is_area_heading(text: str | None) -> bool:
    """Whether a heading announces a column of areas ("地 区", "Region", "省份\\年份")."""
    parts = set(_CORNER.split(label_key(text or "")))
    return bool(parts & _AREA_HEADINGS) and parts <= _AREA_HEADINGS | _PERIOD_HEADINGS


def is_period_heading(text: str | None) -> bool:
    """Whether a heading announces a column of years ("年份", "统计年度", "Year")."""
    return text is not None and label_key(text) in _PERIOD_HEADINGS


def is_number(text: str | None) -> bool:
    """Whether a printed cell is a number, thousands commas and footnote marks aside."""
    return text is not None and bool(_NUMBER.fullmatch(text) or _NUMBER.fullmatch(squeeze(text)))
