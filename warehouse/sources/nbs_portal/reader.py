"""The national data portal: its exports, old and new, and archived answers of its two APIs.

Exports may be Chinese or English, also with a lost preamble. A table has three dimensions: area,
indicator and period. Two of them stand in its rows and columns, the third in the preamble or in
the declaration.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from warehouse.contract.cells import address, cell_record, table
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    UNIT_LINE,
    is_area_heading,
    is_count_heading,
    is_part_of_year,
    is_period_heading,
    is_subject_heading,
    is_unit,
    is_unit_heading,
    label_key,
    split_unit,
    year_of,
    years_in,
    years_of,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.json_text import is_json, open_json
from warehouse.formats.sheets import Sheet
from warehouse.sources import yearbooks
from warehouse.sources.areas import is_area
from warehouse.sources.headings import body_start, levels_of
from warehouse.sources.nbs_portal import former_api, present_api
from warehouse.sources.nbs_portal.responses import Cells, remark_on_periods
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

_PREAMBLE = {
    "database": re.compile(r"\s*(?:数据库|database)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "indicator": re.compile(r"\s*(?:指标|indicators?)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "period": re.compile(r"\s*(?:时间|time|period)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "area": re.compile(r"\s*(?:地区|region|area|province)\s*[:：](.*)", re.IGNORECASE | re.DOTALL),
    "unit": re.compile(
        rf"\s*[(（【]?\s*(?:[^\W\d]{{2}})?{UNIT_LINE.pattern}", re.IGNORECASE | re.DOTALL
    ),
}
_WITHIN_YEAR = re.compile(r"[月季]|半年|month|quarter|[QH][1-4]", re.IGNORECASE)
_MENDS = {
    "indicator": "names no indicator (no line 指标：): write `indicator: ...` and `unit: ...`",
    "area": "has indicators in its rows and names no province (no line 地区：): write `area: ...`, "
    "for the whole country `area: 全国`,",
    "period": "names no single year (line 时间：): write `year: YYYY`",
}
_CALLED = {"indicator": "indicator", "area": "area", "period": "year"}


def read(file: SourceFile) -> Reading:
    """The cells of a file. Raises Rejected if one of the three dimensions is unknown."""
    if is_json(file.data, file.name):
        return _read_answers(file)
    return read_each_sheet(
        file,
        _read_sheet,
        "a heading row such as `地区, 2022年, 2021年` (Region, 2022, 2021)",
    )


def _read_answers(file: SourceFile) -> Reading:
    """The cells of one answer of an API, or of a list of answers; a bad one stops no other."""
    content = open_json(file.data)
    answers = {"": content}
    if isinstance(content, list):
        answers = {f"[{number}].": answer for number, answer in enumerate(content)}
    records, remarks, refusals = [], [], []
    for path, answer in answers.items():
        try:
            found, remarks_here = _read_answer(answer, path, file)
        except Rejected as refusal:
            refusals.append(f"{path.rstrip('.')} {refusal}".strip())
            continue
        records += found
        remarks += remarks_here
    if not any(record["role"] == "value" for record in records):
        said = "; ".join([*refusals, *remarks]) or "is an empty list: fetch it again"
        raise Rejected(said if not records else f"holds no value: {said}")
    remarks += [
        f"the declared `{key}` is not used: an answer of the API says it itself"
        for key in ("sheet", "indicator", "year")
        if getattr(file.declaration, key) is not None
    ]
    return Reading(table(records), (*remarks, *refusals))


def _read_answer(answer: object, path: str, file: SourceFile) -> Cells:
    for api in (former_api, present_api):
        if api.is_answer(answer):
            return api.read(answer, path, file.declaration)
    raise Rejected(
        "is JSON but no answer of the portal: expected `returndata.datanodes` (its former API) "
        "or `data` with `values` (its present one)"
    )


@dataclass(frozen=True)
class _Layout:
    """Which dimension stands where.

    `keys` are the columns that name the rows, `across` those of values with what their headings
    say, `fixed` holds for the whole table. `strays` says which columns lack a dimension, and `body`
    is the first row below the headings.
    """

    keys: dict[int, str]
    across: dict[int, dict[str, str]]
    fixed: dict[str, str]
    strays: tuple[str, ...]
    body: int


def _read_sheet(sheet: Sheet, file: SourceFile) -> tuple[list[dict], list[str]] | None:
    """The tables of a sheet, one below the other; the first that lacks something is refused."""
    rows = sheet.rows
    first = next((number for number, row in enumerate(rows) if _is_heading(row)), None)
    if first is None:
        return None
    if _is_of_a_yearbook(rows[:first], file):
        return yearbooks.read_sheet(sheet, file)
    later = (number for number in range(first + 1, len(rows)) if _is_repeated_heading(rows[number]))
    heads = [first, *later]
    starts = [0, *(_preamble_start(rows, *pair) for pair in pairwise(heads))]
    records: list[dict] = []
    remarks: list[str] = []
    preamble: dict[str, str] = {}
    for head, start, end in zip(heads, starts, [*starts[1:], len(rows)], strict=True):
        own = _preamble(rows[start:head])
        preamble = own if own or head == first else preamble
        try:
            layout = _layout(rows[:end], head, _fixed(file, preamble), file)
        except Rejected as refusal:
            if head == first:
                raise
            records += row_cells(enumerate(rows[start : head + 1], start))
            records += row_cells(enumerate(rows[head + 1 : end], head + 1), "unused")
            remarks.append(f"the table in row {head + 1} {refusal}")
            continue
        records += row_cells(enumerate(rows[start : layout.body], start))
        found, said = _body(sheet, head, end, layout, preamble, file)
        records += found
        remarks += _strays(layout, file) + said
    periods = [one["period_label"] for one in records if one["role"] == "value"]
    return records, remarks + remark_on_periods([one for one in periods if year_of(one) is None])


def _is_of_a_yearbook(above: Sequence[Row], file: SourceFile) -> bool:
    """Whether a sheet prints a yearbook's numbered table, which has its own layout: 7-6 ….

    An export that somebody gave a number (表1) has the portal's own lines above it.
    """
    numbered = any(yearbooks.is_numbered_title(text) for row in above for text in texts(row))
    is_export = bool(_preamble(above).keys() - {"unit"})
    return numbered and not is_export and file.declaration.indicator is None


def _is_repeated_heading(row: Row) -> bool:
    """Whether a row below the first heading is one: by a word, for values may look like years."""
    return len(filled(row)) > 1 and bool(_keys(row))


def _preamble_start(rows: Sequence[Row], previous: int, head: int) -> int:
    """The first of the lines above a heading row, and below the one before, about its table."""
    start = head
    while start > previous + 1 and _preamble([rows[start - 1]]):
        start -= 1
    return start


def _strays(layout: _Layout, file: SourceFile) -> list[str]:
    """Remarks on headings and declarations that are not used."""
    in_vain = "the declared `indicator` is not used: the table names its own indicators"
    is_in_vain = file.declaration.indicator and "indicator" not in layout.fixed
    return [*layout.strays, *([in_vain] if is_in_vain else [])]


def _body(
    sheet: Sheet, head: int, end: int, layout: _Layout, preamble: dict[str, str], file: SourceFile
) -> tuple[list[dict], list[str]]:
    """Values with their labels down to the notes, and remarks on rows that are not taken."""
    records: list[dict] = []
    shifted = shifted_rows(sheet, head, end)
    rows = sheet.labelled(layout.keys)
    dated = [column for column, axis in layout.keys.items() if axis == "period"]
    days = _years_of_days([cell(row, c) for c in dated for row in rows[layout.body : end]])
    nameless, below_notes = [], []
    in_notes = False
    for number in range(layout.body, end):
        row = rows[number]
        names = {
            axis: days.get(text, text) if axis == "period" else text
            for column, axis in layout.keys.items()
            if (text := cell(row, column))
        }
        is_named = names.keys() >= set(layout.keys.values()) - {"unit"}
        in_notes = in_notes or opens_notes(row)
        if in_notes:
            if names and has_values(row, layout.across):
                below_notes.append(number)
            records += row_cells([(number, row)], "note")
        elif not is_named or number in shifted:
            if not is_named and has_values(row, layout.across):
                nameless.append(number)
            records += row_cells([(number, row)], "unused")
        else:
            records += _row(number, row, names, layout, preamble, file)
    return records, [
        *said_of_shifted(shifted),
        *unheaded(records, rows[head : layout.body]),
        *left_out(nameless, "have values but no name"),
        *left_out(below_notes, "have values but stand below the notes"),
    ]


def _row(
    number: int,
    row: Row,
    names: dict[str, str],
    layout: _Layout,
    preamble: dict[str, str],
    file: SourceFile,
) -> Iterator[dict]:
    """The labels and the values of a row; what has no heading is unused."""
    said_by_row = layout.fixed | names
    for column in sorted(layout.across.keys() | set(filled(row))):
        text = cell(row, column)
        if column in layout.across:
            labels = _labels(said_by_row | layout.across[column], preamble, file)
            yield cell_record(number, column, "value", text, **labels)
        else:
            yield cell_record(number, column, "label" if column in layout.keys else "unused", text)


def _layout(rows: Sequence[Row], head: int, fixed: dict[str, str], file: SourceFile) -> _Layout:
    """Where the dimensions of a table stand. Raises Rejected if one of them is nowhere."""
    keys = _keys(rows[head])
    body = body_start(rows, head, _is_key) if keys else head + 1
    keys = keys or {_first_column(rows[head]): _axis_beside_years(fixed)}
    _check_alone(head, rows[head], keys)
    said = _columns(rows[head:body], keys, fixed)
    needed = [name for name in _MENDS if name not in {*keys.values(), *fixed}]
    if any("period" in one for one in said.values()):
        needed.append("period")
    across = {column: one for column, one in said.items() if one.keys() >= set(needed)}
    if needed and not across:
        raise Rejected(_lacks(needed, said, file))
    _check_single(across, keys)
    told = {*keys.values(), *(name for name in fixed if across and _all_say(name, across))}
    fixed = {name: text for name, text in fixed.items() if name not in told}
    return _Layout(keys, across, fixed, _not_taken(head, said, needed), body)


def _all_say(name: str, across: dict[int, dict[str, str]]) -> bool:
    return all(name in said for said in across.values())


def _lacks(needed: Sequence[str], said: dict[int, dict[str, str]], file: SourceFile) -> str:
    """The refusal of a table none of whose columns says all that is needed."""
    missing = [name for name in needed if not any(name in one for one in said.values())]
    return f"{_MENDS[(missing or needed)[0]]} under `files: {file.name}:` in _edition.yml"


def _not_taken(
    head: int, said: dict[int, dict[str, str]], needed: Sequence[str]
) -> tuple[str, ...]:
    """Remarks on columns that lack what others say."""
    lacking = {
        column: next((name for name in needed if name not in one), None)
        for column, one in said.items()
    }
    return tuple(
        f"column {address(head, column)} ({'/'.join(said[column].values())}) is headed by no "
        f"{_CALLED[name]}: not taken"
        for column, name in lacking.items()
        if name is not None
    )


def _check_single(across: dict[int, dict[str, str]], keys: dict[int, str]) -> None:
    """Raise Rejected if rows say all of their value, and several columns hold one."""
    if _MENDS.keys() <= {*keys.values()} and len(across) > 1:
        listed = ", ".join("/".join(said.values()) for said in across.values())
        raise Rejected(
            f"has areas, indicators and years in its rows and several columns beside them "
            f"({listed}): keep the one of the values"
        )


def _check_alone(head: int, headings: Row, keys: dict[int, str]) -> None:
    """Raise Rejected if another table stands to the right."""
    for column in filled(headings):
        if column > _last_key(keys) + 1 and _is_key(headings[column]):
            raise Rejected(
                f"has two tables side by side, {address(head, column)} opens the second: "
                "put each on a sheet or in a file of its own"
            )


def _keys(headings: Row) -> dict[int, str]:
    """The columns that name the rows, and what each says; none if the first announces nothing.

    Others may stand before it that only count or code the rows. One of units may stand anywhere.
    """
    columns = filled(headings)
    first = next((column for column in columns if not is_count_heading(headings[column])), None)
    keys: dict[int, str] = {}
    for column in range(len(headings) if first is None else first, len(headings)):
        axis = _axis_of(headings[column])
        if keys and is_unit_heading(headings[column]):
            continue
        if axis is None or axis in keys.values():
            break
        keys[column] = axis
    if not keys:
        return {}
    units = [column for column in columns if is_unit_heading(headings[column])]
    return keys | dict.fromkeys(units[:1], "unit")


def _last_key(keys: dict[int, str]) -> int:
    """The last column that names the rows, those of units aside."""
    return max(column for column, axis in keys.items() if axis != "unit")


def _columns(
    header: Sequence[Row], keys: dict[int, str], fixed: dict[str, str]
) -> dict[int, dict[str, str]]:
    """What the headings of each column of values say, by dimension.

    A heading may stand over years, or over units.
    """
    last_days = {text: year for row in header for text, year in _years_of_days(row).items()}
    levels = {
        column: [last_days.get(level, level) for level in found]
        for column in range(_last_key(keys) + 1, max(map(len, header)))
        if column not in keys and (found := levels_of(header, column))
    }
    printed = [level for found in levels.values() for level in found]
    has_periods = any(map(_is_period, printed))
    axis = _axis_of_names({*keys.values()}, has_periods, fixed, any(map(is_area, printed)))
    # 数值 below 指标：… is the number of that indicator
    plain = yearbooks.ABSOLUTE if axis in fixed else set()
    is_dated = has_periods or "period" in keys.values()
    return {column: _said(found, axis, plain, is_dated) for column, found in levels.items()}


def _years_of_days(texts: Sequence[str | None]) -> dict[str, str]:
    """The years of which texts are the last days, or the first."""
    return {
        text: str(year)
        for text, year in zip(texts, years_of(texts), strict=True)
        if text and year and not year_of(text)
    }


def _said(levels: Sequence[str], axis: str, plain: set[str], is_dated: bool) -> dict[str, str]:
    """What the headings of a column say: period, unit, and the rest of the dimension `axis`.

    Headings that are `plain` say nothing. Where neither rows nor headings of their own are years
    (`is_dated`), a name may have its year beside it.
    """
    periods = [level for level in levels if _is_period(level)]
    units = [_bare(level) for level in levels if is_unit(_bare(level))]
    names = [
        level
        for level in levels
        if not (level in periods or is_unit(_bare(level)) or label_key(level) in plain)
    ]
    if not is_dated:
        parted = [yearbooks.without_year(name) for name in names]
        names, periods = [name for name, _ in parted], [year for _, year in parted if year]
    said = {axis: "/".join(names), "period": "".join(periods[-1:]), "unit": "".join(units[-1:])}
    return {name: text for name, text in said.items() if text}


def _bare(level: str) -> str:
    """A heading without the brackets around it."""
    return level.strip(" ()（）")


def _axis_of_names(
    keys: set[str], has_periods: bool, fixed: dict[str, str], has_areas: bool
) -> str:
    """The dimension that headings name which are no periods; rows may say all of them."""
    if has_areas and "area" not in keys:
        return "area"
    if keys >= _MENDS.keys():
        return "value"
    if has_periods or "area" in keys:
        return "area" if "indicator" in keys else "indicator"
    return "area" if "indicator" in keys or "indicator" in fixed else "indicator"


def _axis_beside_years(fixed: dict[str, str]) -> str:
    """What stands in rows that nothing announces, with years in columns."""
    return "indicator" if "area" in fixed and "indicator" not in fixed else "area"


def _is_heading(row: Row) -> bool:
    """Whether a row heads the table: a word for areas, indicators or periods, or years only."""
    columns = filled(row)
    if len(columns) > 1 and _keys(row):
        return True
    if len(columns) == 1:  # a date alone is that of a page, and a year before all columns too
        return columns[0] > 0 and year_of(row[columns[0]]) is not None
    years = [column for column in columns if _is_period(row[column])]
    return columns[-len(years) :] == years and len(columns) - len(years) <= 1 if years else False


def _first_column(headings: Row) -> int:
    """The column that names the rows where no word says so."""
    first = filled(headings)[0]
    return first - 1 if first > 0 and _is_period(headings[first]) else first


def _is_period(text: str | None) -> bool:
    return year_of(text) is not None or is_part_of_year(text)


def _axis_of(corner: str | None) -> str | None:
    """The dimension that a heading above the row labels announces."""
    if corner is None:
        return None
    if is_area_heading(corner):
        return "area"
    if is_subject_heading(corner):
        return "indicator"
    return "period" if is_period_heading(corner) else None


def _is_key(heading: str | None) -> bool:
    return _axis_of(heading) is not None


def _preamble(rows: Sequence[Row]) -> dict[str, str]:
    """What the lines above the table say, found by their first word in whatever order."""
    said: dict[str, str] = {}
    for row in rows:
        printed = texts(row)
        for text, following in zip(printed, [*printed, ""][1:], strict=True):
            for name, pattern in _PREAMBLE.items():
                if match := pattern.fullmatch(text):
                    said.setdefault(name, match[1].strip() or following.strip())
    return {name: text for name, text in said.items() if text}


def _fixed(file: SourceFile, preamble: dict[str, str]) -> dict[str, str]:
    """The dimensions that hold for the whole table; a declaration wins over the preamble."""
    declared = file.declaration
    printed = preamble.get("period", "")
    years = [printed] if _WITHIN_YEAR.search(printed) else years_in(printed)
    fixed = {
        "indicator": declared.indicator or preamble.get("indicator"),
        "area": declared.area or preamble.get("area"),
        "period": str(declared.year or (years[0] if len(years) == 1 else "")),
    }
    return {name: text for name, text in fixed.items() if text}


def _labels(dimensions: dict[str, str], preamble: dict[str, str], file: SourceFile) -> dict:
    declared = file.declaration.unit
    indicator, unit = split_unit(dimensions["indicator"])
    beside = dimensions.get("unit") or preamble.get("unit")
    if (declared or beside) and not is_unit(unit):  # (可比价) makes another indicator of it
        indicator, unit = dimensions["indicator"], None
    above, unit_above = split_unit(preamble.get("indicator", ""))
    if unit is None and (file.declaration.indicator or label_key(above) == label_key(indicator)):
        unit = unit_above
    return {
        "table_title": preamble.get("database"),
        "indicator_label": indicator,
        "unit_label": declared or unit or beside,
        "area_label": dimensions["area"],
        "period_label": dimensions["period"],
    }
