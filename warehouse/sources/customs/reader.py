"""Customs queries: one row a commodity, partner, trade mode and place, with its value.

Files may have millions of rows, hence whole columns at a time.
"""

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from warehouse.contract import cells
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import label_key, period_of
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import WORKBOOKS, open_sheets, open_text
from warehouse.formats.workbooks import Rows
from warehouse.sources.tables import Row, filled_cells, row_cells

_PERIOD, _CODE, _AREA = "数据年月", "商品编码", "注册地名称"
_VALUES = ("美元", "人民币")
# Every column by its name on the Chinese site, and the headings that either site gives it.
_HEADINGS = {
    name: re.compile(heading)
    for name, heading in {
        _PERIOD: "数据年月|dateofdata|date",
        _CODE: "商品编[码号]|commoditycode|hscode",
        "商品名称": "商品名称|commodity(?:name)?",
        "贸易伙伴编码": "贸易伙伴编码|tradingpartnercode",
        "贸易伙伴名称": "贸易伙伴(?:名称)?|tradingpartner(?:name)?",
        "贸易方式编码": "(?:贸易|监管)方式编码|(?:customsregime|trademode)code",
        "贸易方式名称": "(?:贸易|监管)方式(?:名称)?|(?:customsregime|trademode)(?:name)?",
        "注册地编码": "(?:收发货人)?注册地编码|locations?ofimporters?andexporters?code",
        _AREA: "(?:收发货人)?注册地(?:名称)?|locations?ofimporters?andexporters?(?:name)?",
        "第一数量": "第一数量|(?:first)?quantity",
        "第一计量单位": "第一计量单位|(?:first)?unit",
        "第二数量": "第二数量|(?:supplementary|second)quantity",
        "第二计量单位": "第二计量单位|(?:supplementary|second)unit",
        "美元": r"美元(?:\(美元\))?|u\.?s\.?dollars?|usd|us\$",
        "人民币": r"人民币(?:\(?元\)?)?|rmb(?:yuan)?|renminbi(?:yuan)?|cny|yuan",
    }.items()
}
_UNIT_OF = {"第一数量": "第一计量单位", "第二数量": "第二计量单位"}
_LABELS = {
    "period_label": _PERIOD,
    "category_code": _CODE,
    "category_label": "商品名称",
    "partner_code": "贸易伙伴编码",
    "trade_mode_code": "贸易方式编码",
    "area_label": _AREA,
}
_NAMES = ("商品名称", "贸易伙伴名称", "贸易方式名称", _AREA)
_FLOWS = {"export": re.compile("出口|export", re.I), "import": re.compile("进口|import", re.I)}
_HEADING_WITHIN = 30
_NO_HEADING = (
    f"holds no heading row with {_PERIOD} and {_CODE} (Date of data, Commodity code): query it "
    "again with all columns"
)


@dataclass(frozen=True)
class _Table:
    """The rows of a query, column by column; `numbers` are their row numbers from 1 in the file."""

    positions: dict[str, int]
    texts: dict[str, pa.ChunkedArray]
    numbers: pa.Array

    def cells(
        self, name: str, role: str, rows: pa.ChunkedArray, **labels: str | pa.ChunkedArray
    ) -> pa.Table:
        """The cells of one column in the rows where `rows` is true; a label is text or a column."""
        numbers = self.numbers.filter(pa.array(rows.to_numpy()))
        found = {
            "row_number": numbers,
            "column_number": pa.repeat(
                pa.scalar(self.positions[name] + 1, pa.int32()), len(numbers)
            ),
            "role": pa.repeat(role, len(numbers)),
            "text": self.texts[name].filter(rows),
        }
        for label, content in labels.items():
            found[label] = (
                pa.repeat(content, len(numbers))
                if isinstance(content, str)
                else content.filter(rows)
            )
        return pa.table(found)


def read(file: SourceFile) -> Reading:
    """The cells of a query. Raises Rejected if the direction or a column is unknown.

    A row gives its value, with its codes as labels, and its quantities (undeclared); the name of
    a code is kept once, where it first stands.
    """
    flow = _flow(file)
    if PurePath(file.name).suffix.lower() in WORKBOOKS:
        return _read_workbook(file, flow)
    head, data, misfits = _parts(file)
    found = [head, *_cells(data, flow, file)]
    remarks = []
    if misfits:
        found.append(cells.table(row_cells(misfits.items(), "unused")))
        remarks.append(
            f"{len(misfits)} rows have another number of cells than the heading row "
            f"(the first is row {min(misfits) + 1}): not taken"
        )
    return Reading(pa.concat_tables(found, promote_options="default"), tuple(remarks))


def _cells(data: _Table, flow: str, file: SourceFile) -> list[pa.Table]:
    """The cells of the rows of a query. Raises Rejected if a column is missing."""
    value = _value_column(data, file)
    known = {name: pc.is_valid(column) for name, column in data.texts.items()}
    is_whole = pc.and_(known[_CODE], known[_AREA])
    labels = {label: data.texts[name] for label, name in _LABELS.items() if name in data.texts}
    labels["category_code"] = _with_zeros(labels["category_code"])
    if _PERIOD in known:
        is_whole = pc.and_(is_whole, known[_PERIOD])
    else:
        labels["period_label"] = file.declaration.period
    facts = {"flow": flow, "classification": "hs_section_12"}
    found = [data.cells(value, "value", is_whole, unit_label=value, **facts, **labels)]
    for name in data.positions:
        if name in _UNIT_OF or (name in _VALUES and name != value):
            unit = data.texts.get(_UNIT_OF.get(name, ""), name)
            rows = pc.and_(is_whole, known[name])
            found.append(
                data.cells(name, "undeclared", rows, indicator_label=name, unit_label=unit, **facts)
            )
        if name in _NAMES:
            rows = pc.and_(is_whole, _is_first(data.texts[name]))
            found.append(data.cells(name, "label", rows))
        found.append(data.cells(name, "unused", pc.and_not(known[name], is_whole)))
    return found


def _value_column(data: _Table, file: SourceFile) -> str:
    """The column whose values count. Raises Rejected if that or another column is missing."""
    missing = [name for name in (_CODE, _AREA) if name not in data.positions]
    values = [name for name in _VALUES if name in data.positions]
    if not values:
        missing.append(" or ".join(_VALUES))
    if missing:
        raise Rejected(f"has no column {', '.join(missing)}: query it again with all columns")
    period = file.declaration.period
    if _PERIOD not in data.positions and len(period_of(period) or "day by day") > len("YYYY-MM"):
        raise Rejected(
            f"has no column {_PERIOD}, as the query of a single month: write the month as "
            f"`period: YYYY-MM` under `files: {file.name}:` in _edition.yml"
        )
    declared = _column_of(file.declaration.unit or "")
    return declared if declared in values else values[0]


def _column_of(heading: str) -> str | None:
    """The column that a heading names, in either language."""
    key = label_key(heading)
    return next((name for name, known in _HEADINGS.items() if known.fullmatch(key)), None)


def _columns(row: Row) -> dict[str, int]:
    """The columns of a heading row by their names; none if it is no heading row."""
    found = {_column_of(text): column for column, text in filled_cells(row).items()}
    positions = {name: column for name, column in found.items() if name}
    return positions if {_PERIOD, _CODE} & positions.keys() and len(positions) > 1 else {}


def _with_zeros(codes: pa.ChunkedArray) -> pa.ChunkedArray:
    """Codes with the zero that a spreadsheet took: all have pairs of digits, and none begins 00."""
    is_odd = pc.match_substring_regex(codes, r"^\d(?:\d\d)*$")
    return pc.if_else(is_odd, pc.binary_join_element_wise("0", codes, ""), codes)


def _read_workbook(file: SourceFile, flow: str) -> Reading:
    """The cells of every sheet that holds a query."""
    found, taken = [], False
    for sheet in open_sheets(file.data, file.name):
        heads = (n for n, row in enumerate(sheet.rows[:_HEADING_WITHIN]) if _columns(row))
        head = None if sheet.is_hidden else next(heads, None)
        if head is None:
            found.append(cells.table(row_cells(enumerate(sheet.rows), "unused"), sheet.name))
            continue
        above = cells.table(row_cells(enumerate(sheet.rows[: head + 1]), "label"))
        parts = [above, *_cells(_table_of_sheet(sheet.rows, head), flow, file)]
        found.append(cells.table(parts, sheet.name))
        taken = True
    if not taken:
        raise Rejected(_NO_HEADING)
    return Reading(pa.concat_tables(found, promote_options="default"))


def _table_of_sheet(rows: Rows, head: int) -> _Table:
    """The rows of a query in a workbook. Raises Rejected if its codes may have lost digits."""
    positions = _columns(rows[head])
    body = rows[head + 1 :]
    texts = {
        name: _trimmed(pa.chunked_array([pa.array([row[c] for row in body], pa.string())]))
        for name, c in positions.items()
    }
    codes = _with_zeros(texts.get(_CODE, pa.chunked_array([pa.nulls(0, pa.string())])))
    lengths = pc.unique(pc.utf8_length(codes.drop_null()))
    if len(lengths) > 1 or not pc.all(pc.utf8_is_digit(codes), skip_nulls=True).as_py():
        raise Rejected(
            "is a workbook, and a workbook loses the leading zeros of codes (its codes are not all "
            "of one length): land the CSV that the query gave"
        )
    return _Table(positions, texts, pa.array(range(head + 2, len(rows) + 1), pa.int32()))


def _flow(file: SourceFile) -> str:
    """Export or import: the file itself does not say it."""
    named = [flow for flow, pattern in _FLOWS.items() if pattern.search(file.name)]
    if file.declaration.flow is None and len(named) != 1:
        raise Rejected(
            "does not say whether it holds exports or imports: write 出口 or 进口 into its name, "
            f"or `flow: export` under `files: {file.name}:` in _edition.yml"
        )
    return file.declaration.flow or named[0]


def _parts(file: SourceFile) -> tuple[pa.Table, _Table, dict[int, list[str]]]:
    """The cells down to the heading row, the rows below, and rows that do not fit by number."""
    stream = io.StringIO(open_text(file.data, file.name), newline="")
    above: list[list[str | None]] = []
    for row in islice(csv.reader(stream), _HEADING_WITHIN):
        above.append([text.strip() or None for text in row])
        if positions := _columns(above[-1]):
            break
    else:
        raise Rejected(_NO_HEADING)
    body = stream.read()
    if not body.strip():
        raise Rejected("holds headings but not a single row of values: query it again")
    first_row = next(csv.reader(io.StringIO(body[:100_000], newline="")), [])
    width = max(len(row) for row in (above[-1], first_row))
    misfits: dict[int, list[str]] = {}

    def keep(row: arrow_csv.InvalidRow) -> str:
        misfits[row.number - 1] = [row.text]
        return "skip"

    table = arrow_csv.read_csv(
        io.BytesIO(body.encode()),
        arrow_csv.ReadOptions(
            column_names=[str(column) for column in range(width)], use_threads=False
        ),
        arrow_csv.ParseOptions(
            newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
        ),
        arrow_csv.ConvertOptions(column_types={str(c): pa.string() for c in range(width)}),
    )
    numbers = np.delete(np.arange(table.num_rows + len(misfits)), list(misfits))
    texts = {name: _trimmed(table[str(column)]) for name, column in positions.items()}
    return (
        cells.table(row_cells(enumerate(above), "label")),
        _Table(positions, texts, pa.array(numbers + len(above) + 1, pa.int32())),
        {len(above) + number: row for number, row in misfits.items() if row[0].strip()},
    )


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts without the tab that keeps spreadsheets from eating zeros; NULL for a blank."""
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _is_first(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where each text of a column stands for the first time."""
    codes = column.combine_chunks().dictionary_encode().indices
    _, first = np.unique(codes.fill_null(-1).to_numpy(), return_index=True)
    is_first = np.zeros(len(column), bool)
    is_first[first] = True
    return pc.and_(pa.chunked_array([is_first]), pc.is_valid(column))
