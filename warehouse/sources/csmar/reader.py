"""Tables of the CSMAR database: one row an area and year, one field a column.

A workbook names its fields in rows: code, label, unit. A CSV has the codes alone; the labels stand
in `<name>[DES]….txt` beside it, or in the declaration.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from warehouse.contract.cells import cell_record, table
from warehouse.contract.editions import FileDeclaration
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import (
    has_chinese,
    is_area_heading,
    is_note,
    is_number,
    is_period_heading,
    label_key,
    period_of,
    split_unit,
    squeeze,
)
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import Rows, Sheet, decoded
from warehouse.sources.tables import (
    Row,
    cell,
    filled,
    has_values,
    left_out,
    read_each_sheet,
    row_cells,
    said_of_shifted,
    shifted_rows,
)

_AREA_NAMES = {"所属省份", "所属地区", "所在省份", "provincename", "prvcnm"}
_AREA_CODES = {
    *("省份代码", "所属省份代码", "省份编码", "地区代码", "行政区划代码", "省代码"),
    *("provincecode", "regioncode", "prvcnm_id"),
}
_PERIODS = {"统计截止日期", "截止日期", "会计期间", "日期", "date", "enddate", "sgnyea", "sgnyear"}
# Where such a column tells rows apart, a row is not a province.
_SMALLER_UNITS = {
    *("城市", "城市名称", "城市代码", "所属城市", "地级市", "区县", "县"),
    *("ctnm", "city", "cityname"),
    *("证券代码", "股票代码", "公司代码", "stkcd", "symbol", "行业", "行业名称", "行业代码"),
}
_NO_UNIT = {"没有单位", "无单位", "无", "nounit", "none", "-", "--"}
_MOST_HEADING_ROWS = 5
_DESCRIPTION = re.compile(r"\s*(\S+)\s*\[(.+?)\]\s*(?:[-–—:：]+\s*(.*))?", re.DOTALL)
_UNIT = re.compile(r"(?:单位|unit)\s*[:：为]\s*([^,，;；。\s]+)", re.IGNORECASE)


@dataclass(frozen=True)
class _Field:
    """One column: every name it has (code and label), the label to print, and its unit."""

    names: tuple[str, ...]
    label: str
    unit: str | None

    @property
    def is_explained(self) -> bool:
        """Whether anything but a code says what it is."""
        return self.label != self.names[0] or has_chinese(self.label)

    def is_one_of(self, keys: set[str]) -> bool:
        return any(label_key(name) in keys for name in self.names)


def read(file: SourceFile) -> Reading:
    """The cells of a table or of a description of fields. Raises Rejected."""
    if PurePath(file.name).suffix.lower() == ".txt":
        return _read_description(file)
    described: dict[str, tuple[str, str | None]] = {}
    for data in file.descriptions.values():
        described |= _described(decoded(data))
    return read_each_sheet(
        file,
        partial(_read_sheet, described=described),
        "rows of field codes, labels and units, then one row a province and year",
    )


def _read_description(file: SourceFile) -> Reading:
    """The lines of a description as notes: what a field means is worth knowing."""
    text = decoded(file.data)
    if not _described(text):
        raise Rejected(
            "describes no fields (expected lines such as `Prvcnm [省份名称] - ...`): "
            "only a description `<name>[DES].txt` of `<name>.csv` is read as text"
        )
    lines = ([line.strip() or None] for line in text.splitlines())
    return Reading(table(row_cells(enumerate(lines), "note")))


def _described(text: str) -> dict[str, tuple[str, str | None]]:
    """Label and unit of every field, by its code."""
    fields = {}
    for line in text.splitlines():
        if match := _DESCRIPTION.fullmatch(line):
            unit = _UNIT.search(match[3] or "")
            fields[squeeze(match[1])] = (match[2].strip(), unit[1] if unit else None)
    return fields


def _read_sheet(
    sheet: Sheet, file: SourceFile, described: dict[str, tuple[str, str | None]]
) -> tuple[list[dict], list[str]] | None:
    rows = sheet.rows
    body = next((number for number, row in enumerate(rows) if _is_data(row)), len(rows))
    heads = [row for row in rows[:body] if len(filled(row)) > 1]
    if not heads or len(heads) > _MOST_HEADING_ROWS:
        return None
    fields = _fields(heads, described)
    period = _period_column(fields, file.declaration)
    if period is None:
        raise Rejected(
            f"has no column of years among {_listed(fields)}: write `year_column: ...` under "
            f"`files: {file.name}:` in _edition.yml"
        )
    areas = _area_columns(fields, file)
    values, remarks = _value_columns(fields, {period, *areas}, file)
    records = list(row_cells(enumerate(rows[:body]), "label"))
    moved = shifted_rows(sheet, body - 1)
    taken, of_rows = _rows_taken(rows, body, period, areas, fields, moved)
    records += _body(rows, body, period, areas, values, taken, file.declaration.area)
    undated = [n for n in range(body, len(rows)) if _is_undated(rows[n], period, areas, values)]
    of_rows += left_out([n for n in undated if n not in moved], "have values but no year")
    return records, [*remarks, *of_rows, *said_of_shifted(moved)]


def _is_undated(row: Row, period: int, areas: list[int], values: Collection[int]) -> bool:
    is_placed = any(cell(row, area) for area in areas)
    return is_placed and not period_of(cell(row, period)) and has_values(row, values)


def _is_data(row: Row) -> bool:
    return any(is_number(text) or period_of(text) for text in row)


def _fields(
    heads: Sequence[Row], described: dict[str, tuple[str, str | None]]
) -> dict[int, _Field]:
    """The columns by their position; the last of three heading rows holds units."""
    has_units = any(label_key(text) in _NO_UNIT for text in heads[-1] if text)
    units = heads[-1] if len(heads) > 1 and (has_units or len(heads) > 2) else []
    named = heads[:-1] if units else heads
    fields = {}
    for column in range(max(map(len, named))):
        names = [text for row in named if (text := cell(row, column)) is not None]
        if not names:
            continue
        label, unit = described.get(squeeze(names[0]), (names[-1], None))
        unit = cell(units, column) or unit
        if unit is None:
            label, unit = split_unit(label)
        if unit is not None and label_key(unit) in _NO_UNIT:
            unit = None
        fields[column] = _Field((*names, label), label, unit)
    return fields


def _named(fields: dict[int, _Field], name: str) -> list[int]:
    """The columns that have a declared name, as code or as label."""
    return [
        column
        for column, field in fields.items()
        if squeeze(name) in {squeeze(own) for own in field.names}
    ]


def _period_column(fields: dict[int, _Field], declared: FileDeclaration) -> int | None:
    if declared.year_column:
        columns = _named(fields, declared.year_column)
    else:
        columns = [
            column
            for column, field in fields.items()
            if field.is_one_of(_PERIODS) or any(map(is_period_heading, field.names))
        ]
    return columns[0] if columns else None


def _area_columns(fields: dict[int, _Field], file: SourceFile) -> list[int]:
    """The columns that name the province: its name, then its code. Raises Rejected if none does."""
    declared = file.declaration
    if declared.area:
        return []
    if declared.area_column:
        columns = _named(fields, declared.area_column)
    else:
        names = [
            column
            for column, field in fields.items()
            if field.is_one_of(_AREA_NAMES) or any(map(is_area_heading, field.names))
        ]
        codes = [column for column, field in fields.items() if field.is_one_of(_AREA_CODES)]
        columns = names[:1] + codes[:1]
    if not columns:
        raise Rejected(
            f"has no column of provinces among {_listed(fields)}: write `area_column: ...` "
            f"(or `area: 全国`) under `files: {file.name}:` in _edition.yml"
        )
    return columns


def _listed(fields: dict[int, _Field]) -> str:
    labels = [field.label for field in fields.values()]
    return ", ".join(labels[:8]) + (" …" if len(labels) > 8 else "")


def _value_columns(
    fields: dict[int, _Field], keys: set[int], file: SourceFile
) -> tuple[dict[int, dict], list[str]]:
    """What the values of each column say; the declared columns alone if there are any."""
    declared = file.declaration
    if not declared.columns:
        if not any(field.is_explained for field in fields.values()):
            stem = PurePath(file.name).stem
            raise Rejected(
                f"has field codes without labels: land {stem}[DES].txt beside it, or declare "
                f"`columns:` under `files: {file.name}:` in _edition.yml"
            )
        return {
            column: {
                "indicator_label": field.label,
                "unit_label": field.unit or declared.unit,
                "series_vintage": None,
                "obs_status": None,
            }
            for column, field in fields.items()
            if column not in keys
        }, []
    columns: dict[int, dict] = {}
    remarks = []
    for name, one in declared.columns.items():
        found = _named(fields, name)
        if len(found) != 1:
            problem = "stands in several columns" if found else "is not in its headings"
            remarks.append(f"column `{name}` is declared but {problem}: mend it in _edition.yml")
            continue
        indicator, unit = split_unit(one.indicator)
        columns[found[0]] = {
            "indicator_label": one.indicator if one.unit else indicator,
            "unit_label": one.unit or unit or fields[found[0]].unit or declared.unit,
            "series_vintage": one.series_vintage,
            "obs_status": one.obs_status,
        }
    if not columns:
        raise Rejected("; ".join(remarks))
    return columns, remarks


def _rows_taken(
    rows: Rows,
    body: int,
    period: int,
    areas: list[int],
    fields: dict[int, _Field],
    moved: Collection[int],
) -> tuple[dict[int, str], list[str]]:
    """The year of every row that is a province and year, and what is said of the others.

    Raises Rejected where rows are something smaller: cities, firms, quarters.
    """
    dated = {
        number: date
        for number, row in enumerate(rows[body:], body)
        if number not in moved and (date := period_of(cell(row, period)))
    }
    placed = {
        number: date
        for number, date in dated.items()
        if not areas or any(cell(rows[number], area) for area in areas)
    }
    taken = {number: date for number, date in placed.items() if date[5:7] in ("", "12")}
    for column, field in fields.items():
        if (
            field.is_one_of(_SMALLER_UNITS)
            and len({cell(rows[number], column) for number in taken}) > 1
        ):
            raise Rejected(
                f"has a column {field.label}, so that its rows are no provinces: download the "
                "table of the provinces"
            )
    seen: dict[tuple, int] = {}
    for number, date in taken.items():
        key = (*(squeeze(cell(rows[number], area) or "") for area in areas), date[:4])
        first = seen.setdefault(key, number)
        if list(rows[first]) != list(rows[number]):
            raise Rejected(
                f"has several rows for {' '.join(key)} (rows {first + 1} and {number + 1}): "
                "choose one in the query, so that a row is a province and year"
            )
    others = {
        "have a year but no province": len(dated) - len(placed),
        "are of another month than December": len(placed) - len(taken),
    }
    return taken, [f"{count} rows {why}: not taken" for why, count in others.items() if count]


def _body(
    rows: Rows,
    body: int,
    period: int,
    areas: list[int],
    values: dict[int, dict],
    taken: dict[int, str],
    area: str | None,
) -> Iterator[dict]:
    """Values of the rows that are taken; a column that nobody declared stays undeclared."""
    for number, row in enumerate(rows[body:], body):
        if number not in taken:
            is_text = len(filled(row)) == 1 or any(is_note(text) for text in row)
            yield from row_cells([(number, row)], "note" if is_text else "unused")
            continue
        place = [cell(row, column) for column in areas] or [area]
        labels = {
            "area_label": place[0],
            "area_label_alt": place[1] if len(place) > 1 else None,
            "period_label": taken[number][:4],
        }
        for column in range(max(len(row), *(column + 1 for column in values), 0)):
            text = cell(row, column)
            if column in values:
                yield cell_record(number, column, "value", text, **labels, **values[column])
            elif text is not None:
                is_key = column == period or column in areas
                yield cell_record(number, column, "label" if is_key else "undeclared", text)
