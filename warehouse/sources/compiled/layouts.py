"""Where areas, years and indicators of a compilation stand: in rows, columns or declarations."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePath

from warehouse.contract.cells import address
from warehouse.contract.editions import ColumnDeclaration
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    has_chinese,
    is_area_heading,
    is_count_heading,
    is_number,
    is_period_heading,
    is_subject_heading,
    is_unit,
    is_unit_heading,
    period_of,
    split_unit,
    squeeze,
    unit_key,
    unit_said,
    year_label,
    year_named,
    year_of,
    years_of,
)
from warehouse.contract.source import SourceFile
from warehouse.formats.sheets import Sheet
from warehouse.sources.areas import is_area
from warehouse.sources.headings import levels_of
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    filled_cells,
    has_values,
    lines_of,
    texts,
)

Labels = dict[str, str | None]
# The year that the heading of a column names, and the names beside it
Years = Mapping[int, tuple[str, tuple[str, ...]]]

# A row that may head a long table, its headings, the columns of areas and years, the only year
_Head = tuple[int, dict[int, str], int | None, int | None, str | None]

_HEADING_WITHIN = 50
# A year in a heading; "2010=100" names the base of an index
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)(?!年?=)(?:年度?(?![末底]))?")
_YEAR_WORDS = {"", "fy", "y", "yr", "year", "x", "v"}


@dataclass(frozen=True)
class Layout:
    """Where a table stands: `columns` are those of values, each with the labels that it gives.

    What the columns do not say stands in the rows (`area`, `year`, `indicator` are columns) or
    holds for the whole table (`only_year`, an area that is declared). `by_name` are the labels of
    the indicators that rows name. `headings` are what is printed above each column.
    """

    head: int
    headings: Mapping[int, str]
    columns: Mapping[int, Labels]
    area: int | None = None
    year: int | None = None
    indicator: int | None = None
    only_year: str | None = None
    by_name: Mapping[str, Labels] | None = None
    remarks: tuple[str, ...] = ()

    @property
    def unit(self) -> int | None:
        """The column that says the unit of each row, where a row is of one indicator."""
        names = {labels.get("indicator_label") for labels in self.columns.values()}
        others = self.headings.keys() - self.columns.keys()
        headed = (column for column in sorted(others) if is_unit_heading(self.headings[column]))
        return _first(headed) if len(names) == 1 else None


def layout_of(sheet: Sheet, file: SourceFile) -> Layout | None:
    """Where the table of a sheet stands, if any. Raises Rejected if too little is declared."""
    for layout in (_long, _years_across, _areas_across):
        if found := layout(sheet, file):
            remarks = _other_unit_above(sheet.rows[: found.head], found)
            return replace(found, remarks=(*found.remarks, *remarks))
    return None


def _other_unit_above(above: Sequence[Row], layout: Layout) -> list[str]:
    """The remark on a line 单位：万元 above a table of which nothing is declared in that unit."""
    labels = [*layout.columns.values(), *(layout.by_name or {}).values()]
    declared = {_plain(unit) for one in labels if (unit := one.get("unit_label"))}
    return [
        f"prints {line.strip()} above the table, and no column is declared in that unit: see which "
        "is right, and mend it in _edition.yml if that is not the declared one"
        for line in chain.from_iterable(map(lines_of, above))
        if declared and is_unit(unit := unit_said(line) or "") and _plain(unit) not in declared
    ]


def years_across(rows: Sequence[Row]) -> tuple[int, dict[int, str]] | None:
    """The first row that has years for headings, and the years by their columns."""
    for number, row in enumerate(rows[:_HEADING_WITHIN]):
        years = {c: year for c, text in filled_cells(row).items() if (year := _named_year(text)[0])}
        is_plain = all(year_of(text) or not is_number(text) for text in texts(row))
        is_heading = bool(years) and is_plain and len(filled(row)) > 1
        is_heading = is_heading and not any(map(is_area, texts(row)))  # of one, values like years
        if is_heading and any(has_values(below, years) for below in rows[number + 1 :]):
            return number, years
    return None


def _long(sheet: Sheet, file: SourceFile) -> Layout | None:
    """One row an area and year, or an area of one year; indicators in columns.

    The heading row that has a declared column counts, else the first that could. Raises Rejected
    if no declared column is there.
    """
    wanted = {squeeze(name) for name in file.declaration.columns or {}}
    candidates = list(_long_heads(sheet, file))
    candidates.sort(key=lambda one: wanted.isdisjoint(one[1].values()))
    if not candidates:
        return None
    head, headings, area, year, only_year = candidates[0]
    is_wide = year is None and years_across(sheet.rows) is not None
    whole = _of_whole_table(sheet, file)
    if whole and not (file.declaration.columns or is_wide):
        column = _only_values(sheet.rows[head + 1 :], headings, (area, year), file)
        _check_one_indicator(sheet.rows[head + 1 :], headings, [column], file)
        return Layout(head, headings, {column: whole}, area, year, only_year=only_year)
    columns, remarks = _declared_columns(headings, head, file.declaration.columns or {})
    if not columns and years_across(sheet.rows):
        return None
    if not columns and (tidy := _tidy(sheet.rows, candidates[0], file)):
        return tidy
    if not columns:
        raise Rejected("; ".join(remarks))
    _check_one_indicator(sheet.rows[head + 1 :], headings, columns, file)
    return Layout(head, headings, columns, area, year, only_year=only_year, remarks=tuple(remarks))


def _tidy(rows: Sequence[Row], candidate: _Head, file: SourceFile) -> Layout | None:
    """One row a value: its area, year and indicator stand beside it.

    Raises Rejected if no declared indicator is there, or several columns could hold the values.
    """
    head, headings, area, year, only_year = candidate
    indicator = _first(column for column, text in headings.items() if is_subject_heading(text))
    if indicator is None:
        return None
    body = rows[head + 1 :]
    by_name = _in_rows([cell(row, indicator) for row in body], file)
    column = _only_values(body, headings, (area, year, indicator), file)
    return Layout(head, headings, {column: {}}, area, year, indicator, only_year, by_name)


def _check_one_indicator(
    body: Sequence[Row],
    headings: Mapping[int, str],
    columns: Collection[int],
    file: SourceFile,
) -> None:
    """Raise Rejected if the rows name several indicators, whose values are no single one's."""
    beside = (column for column in headings if column not in columns)
    indicator = _first(column for column in beside if is_subject_heading(headings[column]))
    if indicator is None:
        return
    there = dict.fromkeys(cell(row, indicator) for row in body if has_values(row, columns))
    names = [name for name in there if name]
    if len(names) > 1:
        raise Rejected(
            f"has several indicators in its column `{headings[indicator]}` "
            f"({', '.join(names[:3])}): write these under `columns`, each with an indicator and "
            f"unit, instead of the heading of their values, under `files: {file.name}:` in "
            "_edition.yml"
        )


def _only_values(
    body: Sequence[Row],
    headings: Mapping[int, str],
    keys: Collection[int | None],
    file: SourceFile,
) -> int:
    """The one column of numbers beside areas and years. Raises Rejected if there are several."""
    there = [
        column
        for column, text in headings.items()
        if column not in keys
        and not is_count_heading(text)
        and any(has_values(row, [column]) for row in body)
    ]
    if len(there) == 1:
        return there[0]
    listed = ", ".join(headings[column] for column in there[:3])
    raise Rejected(
        f"has {len(there)} columns of numbers ({listed}) and one `indicator` is declared: write "
        f"`columns` with an indicator and unit for each to take under `files: {file.name}:` in "
        "_edition.yml"
    )


def _long_heads(sheet: Sheet, file: SourceFile) -> Iterator[_Head]:
    """Every row that may head a long table: areas and years stand below it, or are declared."""
    declared = file.declaration
    named = year_named(sheet.name) or year_named(PurePath(file.name).stem)
    only_year = str(declared.year or named or "") or None
    for number, row in enumerate(sheet.rows[:_HEADING_WITHIN]):
        headings = {column: squeeze(text) for column, text in filled_cells(row).items()}
        area, year = _area_column(headings, file), _year_column(headings, file)
        has_area = area is not None or declared.area or declared.area_order
        if has_area and year is not None:
            yield number, headings, area, year, None
        elif has_area and only_year and not declared.year_column and len(headings) > 1:
            yield number, headings, area, None, only_year


def _area_column(headings: Mapping[int, str], file: SourceFile) -> int | None:
    """The column of areas: the one declared, else the first that a word for areas heads."""
    declared = file.declaration
    if declared.area or declared.area_order:
        return None
    wanted = declared.area_column
    return _first(
        column
        for column, text in headings.items()
        if (is_area_heading(text) if wanted is None else text == squeeze(wanted))
    )


def _year_column(headings: Mapping[int, str], file: SourceFile) -> int | None:
    wanted = file.declaration.year_column
    return _first(
        column
        for column, text in headings.items()
        if (is_period_heading(text) if wanted is None else text == squeeze(wanted))
    )


def _first(columns: Iterator[int]) -> int | None:
    return next(columns, None)


def _declared_columns(
    headings: Mapping[int, str], head: int, wanted: Mapping[str, ColumnDeclaration]
) -> tuple[dict[int, Labels], list[str]]:
    """What is declared about each column by its position, and the declared columns not there."""
    columns: dict[int, Labels] = {}
    remarks = []
    for name, declared in wanted.items():
        found = [column for column, heading in headings.items() if heading == squeeze(name)]
        if len(found) != 1:
            places = " and ".join(address(head, column) for column in found)
            problem = f"stands in {places}" if found else "is not in its heading row"
            remarks.append(f"column `{name}` is declared but {problem}: mend it in _edition.yml")
            continue
        columns[found[0]] = _labels(declared)
        remarks += _other_unit(headings[found[0]], columns[found[0]]["unit_label"])
    return columns, remarks


def _other_unit(heading: str, declared: str | None) -> list[str]:
    """The remark on a heading that prints another unit than its declaration: GDP(万元), 亿元."""
    printed = split_unit(heading)[1] or heading.rpartition("_")[2]
    is_said = is_unit(printed) and has_chinese(printed) and has_chinese(declared or "")
    if not is_said or _plain(printed) == _plain(declared or ""):
        return []
    return [
        f"column `{heading}` is declared in {declared}, which is not the unit of its heading: see "
        "which is right, and mend it in _edition.yml if that is not the declared one"
    ]


def _plain(unit: str) -> str:
    return unit_key(unit).removesuffix("人民币")


def _labels(declared: ColumnDeclaration) -> Labels:
    indicator, unit = split_unit(declared.indicator)
    return {
        "indicator_label": declared.indicator if declared.unit else indicator,
        "unit_label": declared.unit or unit,
        "series_vintage": declared.series_vintage,
        "obs_status": declared.obs_status,
    }


def _years_across(sheet: Sheet, file: SourceFile) -> Layout | None:
    """Areas in rows, years in columns: of one indicator, or of several side by side or in rows."""
    rows, declared = sheet.rows, file.declaration
    head, headings, years = _headed_by_years(rows)
    if not years:
        return None
    body = rows[head + 1 :]
    facts = {column: text for column, text in headings.items() if column not in years}
    indicator = _first(column for column, text in facts.items() if is_subject_heading(text))
    columns: dict[int, Labels] = {
        column: {"period_label": year} for column, (year, _) in years.items()
    }
    by_name = None
    if indicator is None:
        columns = _side_by_side(years, sheet, file)
    else:
        by_name = _in_rows([cell(row, indicator) for row in body], file)
    area = _area_beside(body, facts, indicator, file)
    in_vain = "the declared `year_column` or `year` is not used: years stand in columns"
    remarks = (in_vain,) if declared.year_column or declared.year else ()
    return Layout(
        head, headings, columns, area, indicator=indicator, by_name=by_name, remarks=remarks
    )


def _headed_by_years(rows: Sequence[Row]) -> tuple[int, dict[int, str], Years]:
    """The last heading row of a wide table, its headings, and the columns that name a year."""
    found = years_across(rows)
    if found is None:
        return 0, {}, {}
    top, head = _header(rows, *found)
    header = rows[top : head + 1]
    columns = {
        column: levels
        for column in range(max(map(len, header)))
        if (levels := levels_of(header, column))
    }
    named = {c: _named_years(levels) for c, levels in columns.items() if c >= min(found[1])}
    years = {column: (year, names) for column, (year, names) in named.items() if year}
    return head, {column: "/".join(levels) for column, levels in columns.items()}, years


def _header(rows: Sequence[Row], number: int, years: Mapping[int, str]) -> tuple[int, int]:
    """First and last heading row around the row of years: names may stand above or below them."""
    start = min(years)
    above = number > 0 and any(column >= start for column in filled(rows[number - 1]))
    below = rows[number + 1]
    goes_on = bool(texts(below)) and not any(map(is_number, texts(below)))
    goes_on = goes_on and all(cell(below, column) is None for column in range(start))
    return number - above, number + goes_on


def _named_year(heading: str) -> tuple[str | None, str]:
    """The year in a heading and what else it names: "GDP_2001" -> "2001", "GDP"."""
    if year := year_label(heading):
        return year, ""
    date = period_of(heading) or ""
    if date.endswith("-12-31"):
        return date[:4], ""
    plain = squeeze(heading)
    years = _YEAR.findall(plain)
    if len(years) != 1:
        return None, plain
    name = _YEAR.sub("", plain).replace("()", "").strip("_-–—.·:/")
    return years[0], "" if name.lower() in _YEAR_WORDS else name


def _named_years(levels: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The year among the headings of a column, and the names in them."""
    found = [_named_year(level) for level in levels]
    years = [year for year, _ in found if year]
    return (years[-1] if years else None), tuple(name for _, name in found if name)


def _side_by_side(years: Years, sheet: Sheet, file: SourceFile) -> dict[int, Labels]:
    """The columns of the declared indicators, by the name beside the year or of the whole table.

    Raises Rejected if nothing says what they show.
    """
    names = {"/".join(names) for _, names in years.values()}
    named = {squeeze(name): _labels(one) for name, one in (file.declaration.columns or {}).items()}
    whole = _of_whole_table(sheet, file) if len(names) == 1 else None
    columns: dict[int, Labels] = {}
    for column, (year, own) in years.items():
        known = (named[name] for name in ("/".join(own), *own) if name in named)
        labels = next(known, whole)
        if labels is not None:
            columns[column] = labels | {"period_label": year}
    if not columns:
        raise Rejected(_says_too_little(years, names, file))
    return columns


def _says_too_little(years: Years, names: set[str], file: SourceFile) -> str:
    """The refusal of a wide table of which nothing says what it shows."""
    known = sorted(year for year, *_ in years.values())
    mend = "`indicator: ...` and `unit: ...` (instead of `year_column` and `columns`)"
    if names != {""}:
        listed = ", ".join(sorted(filter(None, names))[:3])
        mend = f"`columns` with an indicator and unit for each of {listed}"
    return (
        f"is a wide table with years in columns ({known[0]} to {known[-1]}): write {mend} under "
        f"`files: {file.name}:` in _edition.yml"
    )


def _in_rows(printed: Sequence[str | None], file: SourceFile) -> dict[str, Labels]:
    """The labels of the declared indicators by their names in rows. Raises Rejected if none is."""
    declared = file.declaration
    there = {squeeze(text): text for text in printed if text}
    named = {squeeze(name): _labels(one) for name, one in (declared.columns or {}).items()}
    if declared.indicator and len(there) == 1:
        only = ColumnDeclaration(indicator=declared.indicator, unit=declared.unit)
        named |= {name: _labels(only) for name in there}
    if there.keys().isdisjoint(named):
        listed = ", ".join(list(there.values())[:3])
        raise Rejected(
            f"has its indicators in rows: write `columns` with an indicator "
            f"and unit for those to take (such as {listed}) under `files: {file.name}:` in "
            "_edition.yml"
        )
    return named


def _area_beside(
    body: Sequence[Row], facts: Mapping[int, str], indicator: int | None, file: SourceFile
) -> int | None:
    """The column of areas beside years: declared, or headed so, or the only one of words.

    Raises Rejected if several could be it.
    """
    declared = file.declaration
    squeezed = {column: squeeze(text) for column, text in facts.items()}
    column = _area_column(squeezed, file)
    if column is not None or declared.area or declared.area_order:
        return column
    width = max(map(len, body), default=0)
    words = [
        column
        for column in range(width)
        if column != indicator and _holds_words([cell(row, column) for row in body])
    ]
    if declared.area_column is None and len(words) == 1:
        return words[0]
    listed = ", ".join(facts[column] for column in words if column in facts)
    mend = f"`area_column: ...` (one of {listed})" if listed else "`area: ...`"
    raise Rejected(
        f"does not say which column names the areas: write {mend} under `files: {file.name}:` in "
        "_edition.yml"
    )


def _holds_words(printed: Sequence[str | None]) -> bool:
    held = [text for text in printed if text]
    return sum(not is_number(text) and len(text) > 1 for text in held) * 2 > len(held)


def _areas_across(sheet: Sheet, file: SourceFile) -> Layout | None:
    """Years in rows, areas in columns, of one indicator."""
    declared = file.declaration
    labels = _of_whole_table(sheet, file)
    if labels is None or declared.area_column or declared.area or declared.area_order:
        return None
    for head, row in enumerate(sheet.rows[:_HEADING_WITHIN]):
        year = _column_of_years(row, sheet.rows[head + 1 :], file)
        areas = {
            column: text
            for column, text in filled_cells(row).items()
            if column != year and not is_number(text) and not is_count_heading(text)
        }
        if year is not None and areas:
            columns = {column: labels | {"area_label": text} for column, text in areas.items()}
            return Layout(head, filled_cells(row), columns, year=year)
    return None


def _column_of_years(row: Row, body: Sequence[Row], file: SourceFile) -> int | None:
    """The first column with years below a heading row; its own heading may be blank."""
    wanted = file.declaration.year_column
    below = [one for one in body if len(filled(one)) > 1]  # a note is one cell
    for column in range(len(row)):
        held = years_of([cell(one, column) for one in below])
        is_wanted = wanted is None or squeeze(cell(row, column) or "") == squeeze(wanted)
        if is_wanted and held and held[0] and 2 * sum(map(bool, held)) > len(held):
            return column
    return None


def _of_whole_table(sheet: Sheet, file: SourceFile) -> Labels | None:
    """What is declared for a table of one indicator: as such, or by the name of sheet or file."""
    declared = file.declaration
    if declared.indicator:
        return _labels(ColumnDeclaration(indicator=declared.indicator, unit=declared.unit))
    named = {squeeze(name): _labels(one) for name, one in (declared.columns or {}).items()}
    names = [squeeze(name) for name in (sheet.name, PurePath(file.name).stem) if name]
    return next((named[name] for name in names if name in named), None)
