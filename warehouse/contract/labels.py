"""Printed labels: the keys by which aliases find them, and what they say about years and notes."""

import datetime
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# The same few thousand labels stand in every edition of a source
_KEPT = 1 << 16
_INVISIBLE = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")
_HAN = re.compile(r"[\u3005\u3007\u3400-\u9fff\U00020000-\U0003ffff]")
# The first word of a translation that no white space sets apart: 内蒙古Inner Mongolia
_ABUTTING = re.compile(r"(?<=[\u3400-\u9fff])[A-Z][a-z]+$")
_OF_WHICH = re.compile(r"^(?:#|其中:)+")
# Footnote marks of a label; NFKC would make digits of the circled and the raised ones.
_CIRCLED = re.compile(
    r"(?<=[a-zA-Z\u3400-\u9fff)）])\s*[①-⑳]+|[①-⑳]+\s*(?=[a-zA-Z\u3400-\u9fff])"
    r"|(?<=[\u3400-\u9fff])\s*[¹²³⁰⁴-⁹†‡※]+(?!\w)"
)
_FOOTNOTE = re.compile(r"(?<=.)(?:\[\d{1,2}\]|\*)+$")
_LETTERED_FOOTNOTE = re.compile(r"^([^(]*[\u3400-\u9fff])[a-z\d]\)$")
_RD = re.compile(
    r"(?:科学)?研究[与和](?:(?:试验|实验)?发展|开发)\(r&d\)|(?:科学)?研究[与和][试实]验发展"
)
_TABLE_NUMBER = re.compile(
    r"^(?:(?:附?表|table)?\d{1,2}(?:[-\u2010-\u2015.]\d{1,3})+"
    r"|(?:附表(?:\d{1,2}|[一二三四五六七八九十]{1,2})?|表(?:\d{1,2}|[一二三四五六七八九十]{1,2}(?=[:.、,])))"
    r"(?!\d*[-\u2010-\u2015]))(?=(?:19|20)\d{2}年|(?!\d))[:.、,]*"
)
_YEAR_SPAN = r"(?:19|20)\d{2}年?(?:[-\u2010-\u2015~至](?:19|20)\d{2}年?)?(?:度|[底末]数?)?"
_YEAR_IN_BRACKETS = re.compile(rf"\((?:endof)?{_YEAR_SPAN}\)|\(年[末底]数?\)")
_YEAR_IN_FRONT = re.compile(rf"^{_YEAR_SPAN}(?=\D)")
_YEAR_BEHIND = re.compile(rf"(?<=[\u3400-\u9fff)])[,、]?{_YEAR_SPAN}$|,(?:19|20)\d{{2}}$")
_COUNT = "[\\d一二三四五六七八九十]*"
_CONTINUED = re.compile(
    rf"^续表(?:{_COUNT}(?![-\d]))?|^续{_COUNT}$|(?:\((?:续表?|continued){_COUNT}\)|续表{_COUNT}|continued\d*)$"
    r"|\([一二三四五六七八九\d]\)$"
)
# What stands in a title and does not change what the table shows: what a vendor adds, that it is by
# region, that a total is also split up or its shares are printed too, that stocks are those of the
# year's end and amounts at current prices, the unit.
_SOLD_AS = re.compile(r"^中国(?=(?:19|20)\d{2})|统计(?:表|数据)?$")
_BY_REGION = re.compile(
    r"^(?:(?:全国|我国|中国)[和及与]?)?(?:[各分按]地区(?:分(?:布|组)?)?的?"
    r"|分省(?:市|区市|\([区市]、[区市]\))|各省(?:份|市|、自治区、直辖市|\(自治区、直辖市\)|\([区市]、[区市]\)|区市)?)"
    r"|(?:\([分按]地区(?:分(?:布|组)?)?\)|按地区分(?:布|组)?|(?<!业)分地区)$|byregions?"
)
# Of the cities and counties of a province, whose names its rows are
_BY_CITY = re.compile(
    r"^(?:全[省区市])?[各分](?:设区的?|地级|县级)?(?:[市州县盟旗]|区(?=[、县市]))"
    r"(?:[、和]?[市州县区盟旗]|\([市州县区盟旗、]+\))*的?"
)
_OVER_YEARS = re.compile(
    r"^(?:全省|历年|各年[度份]?|主要年份|(?:改革开放|建国|新中国成立)以来(?:主要年份)?)的?"
    r"|(?:in(?:main|major|selected)|overthe)years$"
)
_SPLIT_UP = re.compile(r"按(?:资金来源|执行部门|活动类型)分(?:组|类)?的?")
_AT_CURRENT_PRICES = re.compile(r"\(?(?:本表)?按当年价格?计算\)?$")
# Behind the name of an amount, which is one at current prices unless something else is said
_AMOUNT_AT_CURRENT_PRICES = re.compile(r"\(按?(?:(?:当年|现行)价格?|现价)(?:计算)?\)(?=/|$)")
# How firm values are, in brackets behind their year or name, or without them behind a year: an
# account is preliminary, then verified, then revised after a census; a budget is none of these.
_FIRMNESS = {
    "P": r"初步(?:核算|核实|统计|汇总|执行)?数?|快报数?|执行数|preliminary|provisional",
    "E": r"(?:预计|预测|估计|估算)[数值]?|estimated?|forecast",
    None: r"(?:最终)?(?:核算|核实)数?|修订[后数值]?|调整[后数值]|(?:第[一二三四五]次)?(?:全国)?"
    r"(?:经济普查|经普)(?:后|修订|核实|调整)?数?|年报数?|决算数?|revised",
}
# The letters of statistical offices and of SDMX, in brackets behind a year
_LETTERS = {"P": "p", "E": "[ef]", None: "r"}
_FIRM = "|".join(_FIRMNESS.values())
_FIRM_IN_BRACKETS = re.compile(rf"\((?:{_FIRM})\)", re.IGNORECASE)
_FIRM_BEHIND_YEAR = re.compile(
    rf"(?<=\d)(?:\((?:{_FIRM})\))$|(?<=[年度])(?:\((?:{_FIRM})\)|(?:{_FIRM}))$"
    r"|(?:(?<=19\d\d|20\d\d)|(?<=\d年))\([pefr]\)$",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(r"年[末底]数?(?!\d)|\(year-end\)")
_ALSO_PRINTED = re.compile(r"(?:(?:及其?|和|与)(?:构成|指数|增长速度)|(?:基本)?情况)$")
_UNIT = (
    r"(?:(?:人民币)?[十百千万亿]*(?:人民币|美)?(?:元|人|人次|人年|人·年|件|项|篇|户|所|个|部|台|辆|家|次|张|公里|平方公里|平方米|公顷|吨)(?:人民币)?"
    r"|[%‰]|(?:上年|上年同期|preceding ?year|previous ?year|(?:19|20)\d{2}年?)=100"
    r"|[\d, ]*(?:hundred|thousand|million|billion)? ?(?:yuan|rmb|usd|us ?dollars?|persons?|km"
    r"|man-years?|items?|pieces?|units?|schools?|households?|subscribers?|users?))"
)
_IS_UNIT = re.compile(_UNIT, re.IGNORECASE)
_UNIT_IN_BRACKETS = re.compile(rf"\({_UNIT}\)$", re.IGNORECASE)
_UNIT_BEHIND = re.compile(r"[,;、]?\(?(?:计量)?单位:[^()]*\)?$")
# Opens a line that says the unit of what stands below it: 单位：万元
_UNIT_WORD = r"单\s*位(?:\s*[:：﹕∶]|\s(?=\s*[十百千万亿元%]))\s*"
UNIT_LINE = re.compile(rf"(?:{_UNIT_WORD}|units?\s*[:：]\s*)(.*)", re.IGNORECASE)
_OPENS_UNIT = re.compile(rf"^{_UNIT_WORD}(?=.)")
_TRANSLATED = re.compile(r"\s*[(（][^()（）\u3400-\u9fff]*[)）]\s*$")
# What is printed behind a unit: a year, the unit in English, anything behind wide blanks
_BEHIND_A_UNIT = re.compile(r"\s{2,}|\s(?=(?:19|20)\d{2})|\s*[(（]?units?\s*[:：]", re.IGNORECASE)
# What a unit may have beside it and is the same without
_BESIDE_UNIT = re.compile(
    r"\((?:按?(?:当年|现行)价格?(?:计算)?|现价|人民币|rmb)\)|(?:本表)?按当年价格?计算$"
    r"|^人民币(?=[十百千万亿]*元)"
)
_WRAPPED = re.compile(r"[(【\[](.*)[)】\]]")
_PARTS = re.compile(r"[\s()（）]+")
_NOT_OF_THE_TITLE = (
    _SOLD_AS,
    _TABLE_NUMBER,
    _YEAR_IN_BRACKETS,
    _YEAR_IN_FRONT,
    _YEAR_BEHIND,
    _CONTINUED,
    _BY_REGION,
    _BY_CITY,
    _OVER_YEARS,
    _SPLIT_UP,
    _AT_CURRENT_PRICES,
    _AMOUNT_AT_CURRENT_PRICES,
    _FIRM_IN_BRACKETS,
    _AT_THE_END,
    _ALSO_PRINTED,
    _UNIT_BEHIND,
    _UNIT_IN_BRACKETS,
)

_YEAR_CELL = re.compile(r"(?:FY)?((?:19|20)\d{2})(?:\.0)?年?(?:度|[底末]数?)?", re.IGNORECASE)
# Behind a year; NFKC would make digits of them
_YEAR_MARKS = re.compile(r"(?<=[\d年度末底数)）])\s*(?:[*①-⑳¹²³⁰⁴-⁹]|\[\d{1,2}\])+\s*$")
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
_OF_DATA = re.compile(r"[\s_-]*(?:统计|数据|表格?|data)+\s*$", re.IGNORECASE)
_ANY_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_NUMBER = re.compile(r"[-+]?(?:\d[\d,]*)?\.?\d+(?:e[-+]?\d+)?[%#]?", re.IGNORECASE)
# Behind a number, as macros/cell_text.sql knows them; NFKC would make digits of some
_NUMBER_MARKS = re.compile(
    r"(?<=[\d０-９%#])\s*"
    r"(?:[*#†‡①-⑳¹²³⁰⁴-⁹⁽⁾＊＃]|[\[［](?:\d{1,2}|[pPeErR])[\]］]|[(（](?:\d{1,2}|[pPeErR])[)）])+\s*$"
)
_NOTE = re.compile(
    r"(?:注|备注|附注|说明|数据来源|资料来源|来源|note|notes|remark|remarks|source|sources|"
    r"data ?sources?)\s*\d*\s*[:.、]|[(\[](?:注|note)\d*[)\]]|本表|摘编自|摘自",
    re.IGNORECASE,
)
_FOOTNOTE_LINE = re.compile(
    r"[①-⑳]|[(（\[]?[a-z\d]{1,2}[)）\]]|[*※†]+(?![\s\d.,*]*$)", re.IGNORECASE
)
_GROUP_NUMBER = re.compile(r"^\s*[一二三四五六七八九十]{1,3}、")
_AROUND_AREA = re.compile(
    r"^(?:\d{1,2}[.、]?|\(\d{1,2}\)|[一二三四五六七八九十]{1,3}、|·)(?=[\u3400-\u9fff])"
    r"|(?<=[\u3400-\u9fff])(?:\(注\d*\)|[:、,])$"
)
_SENTENCE_MARKS = "：:。；;，,、"
_AREA_HEADINGS = {
    *("地区", "地方", "省份", "省市", "省", "省级", "省(区、市)", "省市区", "行政区", "行政区划"),
    *("省、自治区、直辖市", "省(自治区、直辖市)", "省(市、区)", "地区名称", "省份名称"),
    *("各地区", "地区别", "省区", "省(区市)", "省(市)", "省、市、自治区", "省(市、自治区)"),
    *("region", "regions", "province", "provinces", "area", "areas"),
}
_PERIOD_HEADINGS = {
    *("年份", "年度", "年", "时间", "统计年度", "统计年份", "会计年度", "报告年度"),
    *("year", "years", "time", "period", "fiscalyear", "statisticalyear"),
}
_SUBJECT_HEADINGS = {
    *("指标", "指标名称", "指数名称", "项目", "产品名称", "变量", "变量名", "变量名称"),
    *("indicator", "indicators", "indicatorname", "item", "items", "variable", "seriesname"),
}
_UNIT_HEADINGS = {"单位", "计量单位", "unit"}
_COUNT_HEADINGS = {
    *("序号", "编号", "no", "no.", "id", "index"),
    *("代码", "地区代码", "省份代码", "行政区划代码", "code", "regioncode", "areacode"),
}
_CORNER = re.compile(r"[/\\|]")
# A corner that a line crosses has its two headings apart: "年 份\n地 区", "省份    年份"
_CROSSED_CORNER = re.compile(r"\n|\s{2,}|(?<=\S{2})\s(?=\S{2})")


@lru_cache(_KEPT)
def squeeze(text: str) -> str:
    """The text in NFKC (full-width letters become plain ones) without any white space."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(_KEPT)
def label_key(text: str) -> str:
    """A label whatever its spacing: "R&D人员\\n全时当量\\nTotal" -> "r&d人员全时当量".

    NFKC, no white space, lower case; a leading "#" or "其中:" is dropped, and so are footnote marks
    and a Latin translation that white space sets apart from Chinese characters before it. "研究与
    试验发展(R&D)" is R&D. A label of several levels ("合计/发明") is treated level by level.
    Idempotent.
    """
    levels = unicodedata.normalize("NFKC", _CIRCLED.sub("", text)).split("/")
    return squeeze("/".join(map(_level_key, levels)))


def _level_key(level: str) -> str:
    key = _OF_WHICH.sub("", squeeze(_without_translation(level)).lower())
    key = _LETTERED_FOOTNOTE.sub(r"\1", _FOOTNOTE.sub("", key))
    return _RD.sub("r&d", key)


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
        return _ABUTTING.sub("", text[:position]) if re.search(translation, tail) else text
    return text


@lru_cache(_KEPT)
def subject_key(text: str) -> str:
    """The key of the name of an indicator, without remarks in brackets that leave it the same.

    "地区生产总值（当年价）" and "地区生产总值（初步核算数）" are 地区生产总值, firm or not; at
    constant prices, or of some areas or firms only, it would be something else.
    """
    key = _AMOUNT_AT_CURRENT_PRICES.sub("", _FIRM_IN_BRACKETS.sub("", label_key(text)))
    return label_key(key) or label_key(text)


def title_key(text: str) -> str:
    """The key of a table's title: what the table shows, "1-5 各地区R&D经费(2013年)" -> "r&d经费".

    Without what may differ between printings of one table: its number and year, the mark of a
    continuation, "by region" in any wording, how its total is split up, a unit, what vendors add.
    What tells tables apart stays: total from share, revenue from expenditure, one kind of another.
    """
    key, previous = label_key(text), None
    while key != previous:
        previous = key
        for beside_the_point in _NOT_OF_THE_TITLE:
            key = beside_the_point.sub("", key)
        key = label_key(key)
    return key


@lru_cache(_KEPT)
def area_key(text: str) -> str:
    """The key of an area's name, without a number before it or a mark behind: "1、北京(注)"."""
    key = label_key(text)
    return _AROUND_AREA.sub("", key) or key


@lru_cache(_KEPT)
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


def is_unit(text: str | None) -> bool:
    """Whether a text is a unit and nothing else ("亿元", "10 000 yuan", "上年=100")."""
    plain = _OPENS_UNIT.sub("", unicodedata.normalize("NFKC", text or "").strip())
    return bool(_IS_UNIT.fullmatch(plain) or _IS_UNIT.fullmatch(squeeze(plain)))


def are_units(text: str) -> bool:
    """Whether a text is a unit, or several: "亿元，%"."""
    return is_unit(text) or all(map(is_unit, re.split("[、,;，；]", text)))


@lru_cache(_KEPT)
def unit_key(text: str) -> str:
    """The key of a unit, whatever stands around it: "人民币亿元(当年价)" is 亿元."""
    key = _OPENS_UNIT.sub("", label_key(text).strip("。;,、【】"))
    if match := _WRAPPED.fullmatch(key):
        key = match[1]
    if key.count(")") > key.count("("):
        key = key.rstrip(")")
    return _BESIDE_UNIT.sub("", key) or key


def unit_said(line: str) -> str | None:
    """The unit that a line says, without what else it says ("单位：万元(10 000 yuan)  2020年").

    "" where the unit stands in the next cell; None where the line says none.
    """
    match = UNIT_LINE.search(line)
    if match is None:
        return None
    said = plain_unit(match[1])
    first, *others = _PARTS.split(said)
    return first if is_unit(first) and not any(map(is_unit, others)) else said


def plain_unit(unit: str) -> str:
    """A printed unit without translation and year: "万元(10 000 yuan) 2020" -> "万元"."""
    plain = _untranslated(unit)
    if not is_unit(plain):
        plain = _untranslated(_BEHIND_A_UNIT.split(plain)[0])
    return plain if "(" in plain or "（" in plain else plain.rstrip(")） ")


def _untranslated(unit: str) -> str:
    return (_TRANSLATED.sub("", unit) if has_chinese(unit) else unit).strip()


@lru_cache(_KEPT)
def year_of(text: str | None) -> int | None:
    """The year if the cell holds a year and nothing else ("2017年", "2017", "2017.0", "FY2017").

    Footnote marks behind it ("2019年①") are no part of it, nor is how firm its values are.
    """
    match = _YEAR_CELL.fullmatch(without_firmness(_unmarked_period(text or "")))
    return int(match[1]) if match else None


def year_label(text: str | None) -> str | None:
    """The year that a cell holds, with how firm its values are: "2023(初步核算)"."""
    year = year_of(text)
    firmness = _FIRM_BEHIND_YEAR.search(_unmarked_period(text or ""))
    if year is None:
        return None
    return f"{year}({firmness[0].strip('()')})" if firmness else str(year)


@lru_cache(_KEPT)
def says_firmness(label: str) -> bool:
    """Whether a title, a name or a period says how firm its values are."""
    return status_of(label) is not None or without_firmness(label) != label


def without_firmness(period: str) -> str:
    """A period without how firm its values are, if it says so: "2023年(初步核算)" -> "2023年"."""
    plain = _unmarked_period(period)
    found = _FIRM_BEHIND_YEAR.search(plain)
    return plain[: found.start()] if found else period


@lru_cache(_KEPT)
def status_of(text: str) -> str | None:
    """The status that a title, a name or a period gives to its values: P, E, or none of its own."""
    found = _FIRM_IN_BRACKETS.search(squeeze(text))
    found = found or _FIRM_BEHIND_YEAR.search(_unmarked_period(text))
    words = found[0].strip("()") if found else ""
    known = (*_FIRMNESS.items(), *_LETTERS.items())
    statuses = (s for s, said in known if re.fullmatch(said, words, re.IGNORECASE))
    return next(statuses, None)


@lru_cache(_KEPT)
def _unmarked_period(text: str) -> str:
    return squeeze(_YEAR_MARKS.sub("", text))


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


def year_named(name: str | None) -> int | None:
    """The year that the name of a sheet or file is, and no more than that it has data of it."""
    return year_of(_OF_DATA.sub("", name or ""))


def years_of(texts: Sequence[str | None]) -> list[int | None]:
    """The year that each cell of a column or row of years holds, and nothing else.

    The last days of several years ("2019-12-31"), or their first, are these years; among other
    dates such a day is none.
    """
    dates = [period_of(text) for text in texts]
    days = {date[len("YYYY") :] for date in filter(None, dates)}
    if len(set(filter(None, dates))) > 1 and days in ({"-12-31"}, {"-01-01"}):
        return [int(date[: len("YYYY")]) if date else None for date in dates]
    return [year_of(text) for text in texts]


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
    """Whether a line opens the notes below a table ("注：", "数据来源：", "Note:", "本表…")."""
    return bool(text and _NOTE.match(unicodedata.normalize("NFKC", text).strip()))


def is_footnote(text: str | None) -> bool:
    """Whether a text that stands alone in its row begins with a footnote's mark: ①, a), *."""
    return bool(text and _FOOTNOTE_LINE.match(text.strip()))


def is_sentence(text: str | None) -> bool:
    """Whether a text that stands alone in its row has the marks of a sentence.

    A numbered heading of a group ("一、东部地区") has none.
    """
    return any(mark in _GROUP_NUMBER.sub("", text or "") for mark in _SENTENCE_MARKS)


def is_area_heading(text: str | None) -> bool:
    """Whether a heading announces a column of areas ("地 区", "Region", "省份\\年份")."""
    corners = (_CORNER.split(label_key(text or "")), _CROSSED_CORNER.split(text or ""))
    return any(map(_are_headings_of_areas, corners))


def _are_headings_of_areas(parts: list[str]) -> bool:
    """Whether these are words for areas, beside which one for years may stand."""
    keys = {key for part in parts if (key := label_key(part))}
    return bool(keys & _AREA_HEADINGS) and keys <= _AREA_HEADINGS | _PERIOD_HEADINGS


def is_period_heading(text: str | None) -> bool:
    """Whether a heading announces a column of years ("年份", "统计年度", "Year")."""
    return text is not None and label_key(text) in _PERIOD_HEADINGS


def is_subject_heading(text: str | None) -> bool:
    """Whether a heading announces a column of indicators ("指标", "项 目", "Item")."""
    return text is not None and label_key(text) in _SUBJECT_HEADINGS


def is_unit_heading(text: str | None) -> bool:
    """Whether a heading announces a column of units ("单位", "Unit")."""
    return text is not None and label_key(text) in _UNIT_HEADINGS


def is_count_heading(text: str | None) -> bool:
    """Whether a heading announces numbers that only count or code the rows ("序号", "代码")."""
    return text is not None and label_key(text) in _COUNT_HEADINGS


def is_number(text: str | None) -> bool:
    """Whether a printed cell is a number, thousands commas and footnote marks aside."""
    return text is not None and bool(_NUMBER.fullmatch(text) or _NUMBER.fullmatch(_unmarked(text)))


def number_in(text: str) -> float:
    """The number in a text that is one; a percentage is that of its digits."""
    return float(re.sub("[,%#]", "", _unmarked(text)))


@lru_cache(_KEPT)
def _unmarked(text: str) -> str:
    return squeeze(_NUMBER_MARKS.sub("", text))
