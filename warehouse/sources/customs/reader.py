"""Customs queries: one row a commodity, partner, trade mode and place, with its value.

Files may have millions of rows, hence whole columns at a time.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from warehouse.contract import cells, trade_rows
from warehouse.contract.errors import Rejected
from warehouse.contract.labels import label_key, period_of
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats.sheets import (
    AS_TEXT,
    WORKBOOKS,
    decimal_comma,
    open_sheets,
    point_before_three_digits,
    separator_of,
    unwrapped,
)
from warehouse.formats.text_streams import TextStream, open_text_stream
from warehouse.formats.workbooks import Rows
from warehouse.sources.tables import Row, filled_cells, left_out, row_cells

_PERIOD, _CODE, _AREA = "数据年月", "商品编码", "注册地名称"
_VALUES = ("美元", "人民币")
# What hardly ever repeats: of any other column each text is looked at once, however many rows
_DISTINCT = (*_VALUES, "第一数量", "第二数量")
_REPEATED = pa.dictionary(pa.int32(), pa.string())
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
_COLUMNS = {
    "period_label": _PERIOD,
    "category_code": _CODE,
    "category_label": "商品名称",
    "partner_code": "贸易伙伴编码",
    "partner_label": "贸易伙伴名称",
    "trade_mode_code": "贸易方式编码",
    "trade_mode_label": "贸易方式名称",
    "place_code": "注册地编码",
    "area_label": _AREA,
    "quantity": "第一数量",
    "quantity_unit": "第一计量单位",
    "second_quantity": "第二数量",
    "second_quantity_unit": "第二计量单位",
}
# Of whom and how: with month, code and place what a query parts its rows by
_PARTED_BY = (("贸易伙伴编码", "贸易伙伴名称"), ("贸易方式编码", "贸易方式名称"))
# Of so many rows and no more it is kept what tells them apart
_MOST_COMPARED = 5_000_000
# Fewer copies than this share of the rows may be rows of their own
_FEW_COPIES = 0.01
_OF_A_ROW = ((_PERIOD,), (_CODE,), ("注册地编码", _AREA), *_PARTED_BY)
_FLOWS = {"export": re.compile("出口|export", re.I), "import": re.compile("进口|import", re.I)}
_HEADING_WITHIN = 30
# Bytes of text at a time, of which the reader of CSV takes 32 ahead; and how many are one piece
_BLOCK, _BLOCKS = 1 << 20, 12
_NO_HEADING = (
    f"holds no heading row with {_PERIOD} and {_CODE} (Date of data, Commodity code): query it "
    "again with all columns"
)


@dataclass(frozen=True)
class _Query:
    """What all rows of a query share: their columns, and what is declared or said above them.

    `incomplete` are the numbers of the rows that have a value and lack what it is of, `rows` those
    of the others and what tells them apart, piece by piece, up to `_MOST_COMPARED`. `has_others` if
    there are columns that no query has.
    """

    positions: dict[str, int]
    value: str
    flow: str
    period: str | None
    has_others: bool
    incomplete: list[int] = field(default_factory=list)
    rows: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def types(self, width: int) -> dict[str, pa.DataType]:
        """How so many columns, named by their positions, are kept in memory."""
        repeated = {place for name, place in self.positions.items() if name not in _DISTINCT}
        return {
            str(place): _REPEATED if place in repeated else pa.string() for place in range(width)
        }

    def reading(
        self, texts: dict[str, pa.ChunkedArray], numbers: pa.Array, sheet: str | None = None
    ) -> Reading:
        """Rows, column by column; `numbers` are their row numbers from 1 in the file.

        A row without a code, area or period is kept cell by cell: it is no row of the query.
        """
        is_whole = pc.is_valid(texts[_CODE])
        for name in (name for name in (_AREA, _PERIOD) if name in texts):
            is_whole = pc.and_(is_whole, pc.is_valid(texts[name]))
        if pc.all(is_whole).as_py():
            return Reading(cells.table([], sheet), rows=self._rows(texts, numbers, sheet))
        rest = pc.invert(is_whole)
        has_value = pc.and_(rest, pc.is_valid(texts[self.value])).combine_chunks()
        self.incomplete.extend(numbers.filter(has_value).to_pylist())
        unused = [
            self._cells(name, text.filter(rest), numbers.filter(rest.combine_chunks()))
            for name, text in texts.items()
        ]
        whole = {name: column.filter(is_whole) for name, column in texts.items()}
        rows = self._rows(whole, numbers.filter(is_whole.combine_chunks()), sheet)
        return Reading(cells.table(unused, sheet), rows=rows)

    def remarks(self) -> list[str]:
        """What is said of rows that are not taken or repeated, once all are read.

        Raises Rejected where copies of rows are no rows of their own.
        """
        lacking = "have a value, but no code, area or period"
        said = left_out([number - 1 for number in self.incomplete], lacking)
        return [*said, *([] if self.has_others else self._of_copies())]

    def _of_copies(self) -> list[str]:
        """The remark on rows that are there twice.

        Raises Rejected where these are many, and all is named that a query parts its rows by.
        """
        count, first, second = _copies(self.rows)
        if not count:
            return []
        is_parted = all(self.positions.keys() & {*names} for names in _PARTED_BY)
        if is_parted and count >= _FEW_COPIES * self._compared:
            raise Rejected(
                f"repeats {count} rows with month, code, place, partner, mode of trade and value "
                f"(row {second} is row {first} again): delete the copies"
            )
        return [
            f"{count} rows repeat others in all columns (row {second} is row {first} again): they "
            "count; delete those that are copies"
        ]

    @property
    def _compared(self) -> int:
        return sum(len(marks) for _, marks in self.rows)

    def _rows(
        self, texts: dict[str, pa.ChunkedArray], numbers: pa.Array, sheet: str | None
    ) -> pa.Table:
        """The rows of the query (columns: those of `trade_rows.SCHEMA` that it has)."""
        found = {label: texts[name] for label, name in _COLUMNS.items() if name in texts}
        found |= {"row_number": numbers, "text": texts[self.value]}
        found["category_code"] = _each_once(_with_zeros, found["category_code"])
        found["number"] = trade_rows.numbers(found["text"])
        if self._compared < _MOST_COMPARED:
            self.rows.append((numbers.to_numpy(), _fingerprints(texts, found["number"])))
        same = {
            "sheet": sheet,
            "column_number": self.positions[self.value] + 1,
            "cell_column": cells.column_letters(self.positions[self.value] + 1),
            "unit_label": self.value,
            "flow": self.flow,
            "classification": "hs_section_12",
        }
        if _PERIOD not in texts:
            same["period_label"] = self.period
        for other in (name for name in _VALUES if name in texts and name != self.value):
            found["other_value"], same["other_value_unit"] = texts[other], other
        for name, content in same.items():
            value = pa.scalar(content, trade_rows.SCHEMA.field(name).type)
            found[name] = cells.repeated(value, len(numbers))
        return pa.table(found)

    def _cells(self, name: str, texts: pa.ChunkedArray, numbers: pa.Array) -> pa.Table:
        """The cells of one column that are not blank."""
        column = pa.scalar(self.positions[name] + 1, pa.int32())
        return cells.printed(
            pa.table(
                {
                    "row_number": numbers,
                    "column_number": pa.repeat(column, len(numbers)),
                    "role": pa.repeat("unused", len(numbers)),
                    "text": texts.cast(pa.string()),
                }
            )
        )


def read(file: SourceFile) -> Reading:
    """The rows of a query. Raises Rejected if the direction or a column is unknown."""
    flow = _flow(file)
    if PurePath(file.name).suffix.lower() in WORKBOOKS:
        return _read_workbook(file, flow)
    stream = open_text_stream(file.open, file.name)
    mark = separator_of(_lines_ahead(stream))
    above, width = _head(stream, mark)
    query = _query(above[-1], flow, file)
    head = cells.table(row_cells(enumerate(above), "label"))
    return Reading(head, more=_pieces(stream, query, len(above), width, mark))


def _query(headings: Row, flow: str, file: SourceFile) -> _Query:
    """Raises Rejected if a column is missing."""
    positions = _columns(headings)
    has_others = len(filled_cells(headings)) > len(positions)
    value = _value_column(positions, file)
    return _Query(positions, value, flow, file.declaration.period, has_others)


def _value_column(positions: dict[str, int], file: SourceFile) -> str:
    """The column whose values count. Raises Rejected if that or another column is missing."""
    missing = [name for name in (_CODE, _AREA) if name not in positions]
    values = [name for name in _VALUES if name in positions]
    if not values:
        missing.append(" or ".join(_VALUES))
    if missing:
        raise Rejected(f"has no column {', '.join(missing)}: query it again with all columns")
    period = file.declaration.period
    if _PERIOD not in positions and len(period_of(period) or "day by day") > len("YYYY-MM"):
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


def _with_zeros(codes: pa.Array) -> pa.Array:
    """Codes with the zero that a spreadsheet took: all have pairs of digits, and none begins 00."""
    is_odd = pc.match_substring_regex(codes, r"^\d(?:\d\d)*$")
    return pc.if_else(is_odd, pc.binary_join_element_wise("0", codes, ""), codes)


def _fingerprints(texts: dict[str, pa.ChunkedArray], values: pa.ChunkedArray) -> np.ndarray:
    """A number of 64 bits for each row, by its value and what it is of: the same for copies."""
    found = _mixed(np.nan_to_num(values.to_numpy()).view(np.int64))
    for name in chain.from_iterable(_telling(names, texts) for names in _OF_A_ROW):
        column = texts[name].combine_chunks().dictionary_encode()
        own = [hash((name, text)) for text in (*column.dictionary.to_pylist(), None)]
        found += np.array(own, np.int64)[column.indices.fill_null(len(own) - 1).to_numpy()]
    return found


def _telling(names: Iterable[str], texts: dict[str, pa.ChunkedArray]) -> list[str]:
    """Of columns that say the same one without gaps, else all that are there."""
    there = [name for name in names if name in texts]
    return [name for name in there if not texts[name].null_count][:1] or there


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Numbers as good as drawn: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    mixed = numbers.view(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed ^ (mixed >> np.uint64(31))).view(np.int64)


def _copies(rows: list[tuple[np.ndarray, np.ndarray]]) -> tuple[int, int, int]:
    """How many rows are there before, and the numbers of the first of them and of its copy."""
    if not rows:
        return 0, 0, 0
    numbers, marks = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    ordered = np.sort(marks)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return 0, 0, 0
    places = np.flatnonzero(np.isin(marks, repeated))
    again = np.flatnonzero(marks[places] == marks[places[0]])
    return len(repeated), int(numbers[places[0]]), int(numbers[places[again[1]]])


def _read_workbook(file: SourceFile, flow: str) -> Reading:
    """The rows of every sheet that holds a query."""
    found: list[Reading] = []
    remarks: list[str] = []
    others: list[pa.Table] = []
    for sheet in open_sheets(file.data, file.name):
        heads = (n for n, row in enumerate(sheet.rows[:_HEADING_WITHIN]) if _columns(row))
        head = None if sheet.is_hidden else next(heads, None)
        if head is None:
            others.append(cells.table(row_cells(enumerate(sheet.rows), "unused"), sheet.name))
            continue
        others.append(
            cells.table(row_cells(enumerate(sheet.rows[: head + 1]), "label"), sheet.name)
        )
        query = _query(sheet.rows[head], flow, file)
        texts = _texts_of_sheet(query.positions, sheet.rows[head + 1 :])
        numbers = pa.array(range(head + 2, len(sheet.rows) + 1), pa.int32())
        found.append(query.reading(texts, numbers, sheet.name))
        remarks += query.remarks()
    if not found:
        raise Rejected(_NO_HEADING)
    labels = pa.concat_tables(others, promote_options="default")
    return Reading(labels, tuple(remarks), more=found)


def _texts_of_sheet(positions: dict[str, int], body: Rows) -> dict[str, pa.ChunkedArray]:
    """The columns of a query in a workbook. Raises Rejected if its codes may have lost digits."""
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
    return texts


def _flow(file: SourceFile) -> str:
    """Export or import: the file itself does not say it."""
    named = [flow for flow, pattern in _FLOWS.items() if pattern.search(file.name)]
    if file.declaration.flow is None and len(named) != 1:
        raise Rejected(
            "does not say whether it holds exports or imports: write 出口 or 进口 into its name, "
            f"or `flow: export` under `files: {file.name}:` in _edition.yml"
        )
    return file.declaration.flow or named[0]


def _lines_ahead(stream: TextStream) -> io.TextIOWrapper:
    """The first lines of the text, which stay on the stream; a piece may end inside a character."""
    return io.TextIOWrapper(io.BytesIO(stream.peek()), "utf-8", "ignore", newline="")


def _head(stream: TextStream, mark: str) -> tuple[list[list[str | None]], int]:
    """The rows down to the heading row, which are read off the stream, and how wide rows are.

    Raises Rejected if there is no heading row.
    """
    text = _lines_ahead(stream)
    above: list[list[str | None]] = []
    taken: list[int] = []
    try:
        for row in islice(csv.reader(_measured(text, taken), delimiter=mark), _HEADING_WITHIN):
            above.append([unwrapped(cell.strip()) or None for cell in row])
            if _columns(above[-1]):
                break
        else:
            raise Rejected(_NO_HEADING)
    except csv.Error:  # a cell of more than a hundred thousand characters
        raise Rejected(_NO_HEADING) from None
    stream.read(sum(taken))
    below = io.StringIO(text.read(100_000), newline="")
    first_row = next(csv.reader(below, delimiter=mark), [])
    return above, max(len(row) for row in (above[-1], first_row))


def _measured(lines: Iterable[str], sizes: list[int]) -> Iterator[str]:
    """Lines as they are asked for, and how many bytes each has."""
    for line in lines:
        sizes.append(len(line.encode()))
        yield line


def _pieces(
    stream: TextStream, query: _Query, rows_above: int, width: int, mark: str
) -> Iterator[Reading]:
    """The rows below the heading row piece by piece; at last those that do not fit, if any."""
    misfits: dict[int, str] = {}

    def keep(row: arrow_csv.InvalidRow) -> str:
        misfits[row.number - 1] = row.text
        return "skip"

    following = 0
    try:
        for piece in _tables(stream, query.types(width), mark, keep):
            numbers = _numbers(following, piece.num_rows, misfits)
            following = int(numbers[-1]) + 1 if len(numbers) else following
            if mark == ";":
                _check_decimals(piece.column(query.positions[query.value]), numbers, rows_above)
            texts = {
                name: _each_once(_trimmed, piece.column(position))
                for name, position in query.positions.items()
            }
            found = query.reading(texts, pa.array(numbers + rows_above + 1, pa.int32()))
            yield replace(found, bytes_read=stream.bytes_read)
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        if "straddl" not in str(error):
            raise
        raise Rejected(
            f"holds a row of more than {_BLOCK >> 20} MB: a closing quotation mark is missing, or "
            "it is no table of a query"
        ) from None
    odd = {rows_above + number: [text] for number, text in misfits.items() if text.strip()}
    of_other_width = left_out(odd, "have another number of cells than the heading row")
    if remarks := [*of_other_width, *query.remarks()]:
        yield Reading(cells.table(row_cells(odd.items(), "unused")), tuple(remarks))


def _check_decimals(values: pa.ChunkedArray, numbers: np.ndarray, rows_above: int) -> None:
    """Raise Rejected if a value between semicolons has a comma, as `sheets.csv_rows` does.

    Customs print no fraction of three digits, so that a point before them sets thousands apart.
    """
    refusals = {",": decimal_comma, r"^[1-9]\d{0,2}(?:\.\d{3})+$": point_before_three_digits}
    for pattern, refusal in refusals.items():
        first = pc.index(pc.match_substring_regex(values, pattern), True).as_py()
        if first >= 0:
            number = rows_above + int(numbers[first]) + 1
            raise refusal(number, values[first].as_py())


def _tables(
    stream: TextStream,
    types: dict[str, pa.DataType],
    mark: str,
    keep: Callable[[arrow_csv.InvalidRow], str],
) -> Iterator[pa.Table]:
    """Rows of texts of these columns, some at a time, in the order of the file."""
    batches = arrow_csv.open_csv(
        stream,
        arrow_csv.ReadOptions(column_names=[*types], use_threads=False, block_size=_BLOCK),
        arrow_csv.ParseOptions(
            delimiter=mark,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        # The stream has looked at every character
        arrow_csv.ConvertOptions(column_types=types, check_utf8=False),
    )
    while together := list(islice(batches, _BLOCKS)):
        yield pa.Table.from_batches(together).combine_chunks()


def _numbers(first: int, count: int, misfits: dict[int, str]) -> np.ndarray:
    """The numbers of rows that follow each other but for those that do not fit."""
    between = sorted(number for number in misfits if number >= first)
    numbers = np.arange(first, first + count + len(between))
    return np.setdiff1d(numbers, between, assume_unique=True)[:count]


def _each_once(change: Callable[[pa.Array], pa.Array], column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column with its texts changed; where they are kept once, each of them once."""
    if column.type != _REPEATED:
        return change(column)
    texts = column.unify_dictionaries().combine_chunks()
    changed = change(texts.dictionary).dictionary_encode()
    places = changed.indices.take(texts.indices)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, changed.dictionary)])


def _trimmed(column: pa.Array) -> pa.Array:
    """The texts without what keeps spreadsheets from eating zeros; NULL for a blank."""
    trimmed = pc.utf8_trim_whitespace(column)
    if pc.any(pc.starts_with(trimmed, '="')).as_py():
        trimmed = pc.replace_substring_regex(trimmed, f"(?s)^{AS_TEXT.pattern}$", r"\1")
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
