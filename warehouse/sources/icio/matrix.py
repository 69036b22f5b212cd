"""Inter-country tables as matrices: a file's cells as numbers, found again by row and column."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import PurePath

import numpy as np
import pyarrow as pa

from warehouse.contract.cells import address
from warehouse.contract.errors import Rejected
from warehouse.contract.money import Unit
from warehouse.formats.ole import OLE
from warehouse.sources.icio.headings import MOST_LINES, one_heading
from warehouse.sources.icio.layout import Layout, leading_columns, look

# Rounding leaves gaps of 0.04 to 0.09 % of output; what lacks a row or column leaves more
MOST_GAPS = 0.005
_DELIMITERS = ",;\t"
_ENCODINGS = ("utf-8-sig", "gb18030")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# The year of an edition in the name of a file, beside the year of its table
_EDITION = re.compile(
    r"(?:icio|wiod|mrio|figaro|release|edition|ed|v)[-_ ]?(?:19|20)\d{2}|"
    r"(?:19|20)\d{2}[-_ ]?(?:release|edition|ed)",
    re.IGNORECASE,
)
_WORKBOOK = "is a workbook: save the sheet that holds the table as .csv"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Gaps:
    """How far what a table prints is from what its cells add up to.

    `largest` in the unit of the table and `relative` to the output of its industry, `share` of all
    gaps in the output of the world; `place` is the label of the largest.
    """

    largest: float
    relative: float
    share: float
    place: str


@dataclass(frozen=True, eq=False)
class Matrix:
    """One table of one year; `values` (rows, columns) are below and beside the labels.

    All its numbers are as printed, in its `unit`; who measures them makes millions of them.
    `texts` are the cells as printed, one list a row, if they were asked for. `header` is the
    heading as one line, `heading` its first line as printed, and the rows of the others are blank.
    """

    name: str
    year: int | None
    header: tuple[str, ...]
    sides: tuple[tuple[str, ...], ...]
    values: np.ndarray
    layout: Layout
    unit: Unit = Unit.MILLION
    texts: pa.ListArray | None = None
    heading: tuple[str, ...] = ()

    @cached_property
    def intermediate(self) -> np.ndarray:
        """What each industry (row) sells to each industry."""
        return self._cells(self.layout.rows, self.layout.columns)

    @cached_property
    def final(self) -> np.ndarray:
        """What each industry sells to the final demand of each country."""
        found = np.zeros((len(self.layout.rows), len(self.layout.countries)))
        place = {country: number for number, country in enumerate(self.layout.countries)}
        cells = self._cells(self.layout.rows, self.layout.final_columns)
        for home, column in zip(self.layout.final_homes, cells.T, strict=True):
            found[:, place[home]] += column
        return found

    @cached_property
    def home(self) -> np.ndarray:
        """The place of each industry's country in `layout.countries`."""
        place = {country: number for number, country in enumerate(self.layout.countries)}
        return np.array([place[home] for home in self.layout.homes])

    @cached_property
    def output(self) -> np.ndarray:
        """What each industry sells."""
        return self.intermediate.sum(axis=1) + self.final.sum(axis=1)

    def gaps(self) -> dict[str, Gaps]:
        """The gaps of each printed total: output across and down, and value added with taxes."""
        printed = {
            "output (row)": (self._printed(self.layout.output_rows), self.output),
            "value added": (
                self._printed(self.layout.value_added_rows),
                self.output - self.intermediate.sum(axis=0),
            ),
        }
        if self.layout.output_columns:
            column = self._cells(self.layout.rows, self.layout.output_columns)[:, 0]
            printed["output (column)"] = column, self.output
        return {
            name: self._gap(found, expected)
            for name, (found, expected) in printed.items()
            if found is not None
        }

    def remarks(self) -> tuple[str, ...]:
        """What is odd in the table and stops nothing."""
        found = [
            f"{name} differs from the sum of its cells by up to {gap.largest:.6g} "
            f"({100 * gap.relative:.2g} % of {gap.place}), in all {100 * gap.share:.2g} % of output"
            for name, gap in self.gaps().items()
            if gap.share > 1e-9
        ]
        below = np.argwhere(self.intermediate < 0)
        if len(below):
            found.append(
                f"{len(below)} intermediate flows are negative, the first in "
                f"{self.place(*below[0])}"
            )
        inputs = self.intermediate.sum(axis=0)
        costs_more = (self.output > 0) & (inputs > self.output * (1 + 1e-9))
        if costs_more.any():
            found.append(
                f"{int(costs_more.sum())} industries have inputs above their output, and value "
                "added below 0, the first in column "
                f"{self.header[self.layout.columns[costs_more.argmax()]]}"
            )
        sinks = self.output < 0
        if sinks.any():
            found.append(
                f"{int(sinks.sum())} industries have an output below 0, for more is taken from "
                "stocks than anybody uses, the first in column "
                f"{self.header[self.layout.columns[sinks.argmax()]]}"
            )
        buys = (self.intermediate != 0).any(axis=0) & (self.output == 0)
        if buys.any():
            found.append(
                f"{int(buys.sum())} industries without output have inputs, which count as no "
                f"chain, the first in column {self.header[self.layout.columns[buys.argmax()]]}"
            )
        return tuple(found)

    def place(self, row: int, column: int) -> str:
        """The address and labels of an intermediate flow."""
        return cell_name(
            self.layout.rows[row], self.layout.columns[column], self.header, self.sides
        )

    def _cells(self, rows: Sequence[int], columns: Sequence[int]) -> np.ndarray:
        """The numbers where rows and columns cross; a view if they lie side by side."""
        lead = len(self.header) - self.values.shape[1]
        down, across = np.array(rows) - 1, np.array(columns) - lead
        if np.all(np.diff(down) == 1) and np.all(np.diff(across) == 1) and len(across):
            return self.values[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
        return self.values[np.ix_(down, across)]

    def _printed(self, rows: Sequence[int]) -> np.ndarray | None:
        """The sums of some rows of totals over the industries."""
        if not rows:
            return None
        return np.nansum(self._cells(rows, self.layout.columns), axis=0)

    def _gap(self, printed: np.ndarray, summed: np.ndarray) -> Gaps:
        gaps = np.abs(np.nan_to_num(printed) - summed)
        worst, world = int(gaps.argmax()), np.abs(self.output).sum()
        of_worst = abs(self.output[worst])
        return Gaps(
            float(gaps[worst]),
            float(gaps[worst] / of_worst) if of_worst else float(gaps[worst] > 0),
            float(gaps.sum() / world) if world else 0.0,
            self.header[self.layout.columns[worst]],
        )


def matrices(
    file_name: str,
    data: bytes,
    year: int | None = None,
    separator: str | None = None,
    unit: Unit = Unit.MILLION,
    with_texts: bool = False,
) -> Iterator[Matrix]:
    """Every table of a CSV file, or of a zip of them, in the order of their names.

    The year comes from the name, else it is `year`. Raises Rejected with the cell that is wrong.
    """
    for name, content in _members(file_name, data):
        try:
            matrix = _matrix(name, content, year, separator, unit, with_texts)
            _check(matrix, content)
        except Rejected as refusal:
            is_inside = name != file_name
            raise Rejected(
                f"holds {name}, which {refusal}" if is_inside else str(refusal)
            ) from None
        yield matrix


def cell_name(row: int, column: int, header: Sequence[str], sides: Sequence[Sequence[str]]) -> str:
    """A cell by its address and both labels; row and column count from 0 in the file."""
    label = " ".join(part for part in sides[row - 1] if part)
    return f"{address(row, column)} ({label} → {header[column]})"


def year_of(name: str, declared: int | None = None) -> int | None:
    """The year of a table by its file's name, unless it is declared; None if none stands there.

    Raises Rejected if several years stand there.
    """
    stem = PurePath(name).stem
    years = set(_YEAR.findall(_EDITION.sub("", stem))) or set(_YEAR.findall(stem))
    if declared or not years:
        return declared
    if len(years) > 1:
        raise Rejected(
            f"bears several years in its name ({', '.join(sorted(years))}): say which is that of "
            "the table with `year: YYYY`"
        )
    return int(years.pop())


def _members(file_name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The CSV files in a zip archive, or the file itself."""
    if data.startswith(OLE):
        raise Rejected(_WORKBOOK)
    if not data.startswith(b"PK\x03\x04"):
        yield file_name, data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "[Content_Types].xml" in archive.namelist():
                raise Rejected(_WORKBOOK)
            names = sorted(
                name
                for name in archive.namelist()
                if name.lower().endswith(".csv") and not name.startswith("__MACOSX")
            )
            if not names:
                raise Rejected("is an archive without a CSV file: save the table as .csv")
            for name in names:
                yield PurePath(name).name, archive.read(name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, RuntimeError):
        raise Rejected("is a damaged zip archive: download it again") from None


def _matrix(
    name: str, data: bytes, year: int | None, separator: str | None, unit: Unit, with_texts: bool
) -> Matrix:
    rows = _rows(data)
    top = list(islice(rows, MOST_LINES))
    header, lines = one_heading([row.to_pylist() for row in top] or [[]], separator)
    if len(header) < 2:
        raise Rejected("is no table: expected labels of industries in its first line")
    lead = leading_columns(header)
    sides, values, texts = [], [], []
    for number, row in enumerate(chain(top[1:], rows), start=2):
        cells = _fitted(row, len(header), number)
        side = tuple(text.strip() for text in cells[:lead].to_pylist())
        printed = cells[lead:]
        is_heading = number <= lines
        if not is_heading and not any(side) and _is_filled(printed):
            raise Rejected(f"has numbers without a label in row {number}: name the row")
        sides.append(side if any(side) and not is_heading else ())
        values.append(numbers(printed))
        if with_texts:
            texts.append(printed)
    layout = look(header, sides, separator)
    return Matrix(
        name,
        year_of(name, year),
        tuple(header),
        tuple(sides),
        np.stack(values),
        layout,
        unit,
        _lists(texts) if with_texts else None,
        tuple(_fitted(top[0], len(header), 1).to_pylist()),
    )


def _rows(data: bytes) -> Iterator[pa.StringArray]:
    """The rows of a CSV file, its decimal points as points."""
    text = _in_utf8(data)
    heading = text[: text.find(b"\n") + 1 or len(text)]
    delimiter = max(_DELIMITERS, key=lambda mark: heading.count(mark.encode()))
    if delimiter == "," and b'"' not in text:
        for line in io.BytesIO(text):
            yield _unquoted(line.rstrip(b"\r\n"))
        return
    stream = io.TextIOWrapper(io.BytesIO(text), "utf-8", newline="")
    try:
        for row in csv.reader(stream, delimiter=delimiter):
            points = row if delimiter == "," else [cell.replace(",", ".") for cell in row]
            yield pa.array(points, pa.string())
    except csv.Error as fault:
        raise Rejected(f"is no CSV file ({fault}): save the table as .csv") from None


def _unquoted(line: bytes) -> pa.StringArray:
    """The cells of a line without quotation marks, four times as fast as one by one."""
    commas = np.flatnonzero(np.frombuffer(line, np.uint8) == ord(","))
    starts = np.concatenate([[0], commas - np.arange(len(commas)), [len(line) - len(commas)]])
    buffers = pa.py_buffer(starts.astype(np.int32)), pa.py_buffer(line.replace(b",", b""))
    return pa.StringArray.from_buffers(len(commas) + 1, *buffers)


def _in_utf8(data: bytes) -> bytes:
    if data.isascii():
        return data
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    raise Rejected("is no text in UTF-8 or GB18030: save the table as .csv in UTF-8")


def _fitted(row: pa.StringArray, width: int, number: int) -> pa.StringArray:
    """A row as wide as the heading. Raises Rejected if it has more cells."""
    if len(row) > width and _is_filled(row[width:]):
        raise Rejected(
            f"has {len(row)} cells in row {number} and {width} in its heading: put labels that "
            "hold the separator into quotation marks"
        )
    if len(row) < width:
        return pa.concat_arrays([row, pa.array([""] * (width - len(row)), pa.string())])
    return row[:width]


def _is_filled(cells: pa.StringArray) -> bool:
    return any(text.strip() for text in cells.to_pylist())


def numbers(texts: pa.Array) -> np.ndarray:
    """The numbers of a row, NaN where a cell is none."""
    try:
        return texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        stripped = (text.strip() for text in texts.to_pylist())
        return np.array(
            [float(text) if _NUMBER.fullmatch(text) else np.nan for text in stripped], float
        )


def _lists(texts: Sequence[pa.Array]) -> pa.ListArray:
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.concat_arrays(texts))


def _check(matrix: Matrix, data: bytes) -> None:
    """Raise Rejected if a flow is no number or the table does not add up to what it prints."""
    layout = matrix.layout
    for columns in (layout.columns, layout.final_columns):
        wrong = np.argwhere(~np.isfinite(matrix._cells(layout.rows, columns)))
        if len(wrong):
            row, column = layout.rows[wrong[0][0]], columns[wrong[0][1]]
            cells = next(cells for number, cells in enumerate(_rows(data)) if number == row)
            text = cells[column].as_py().strip() if column < len(cells) else ""
            said = f"holds `{text}`" if text else "is blank"
            where = cell_name(row, column, matrix.header, matrix.sides)
            raise Rejected(
                f"has in {where} no number: it {said}; write the flow with a decimal point, and 0 "
                "where nothing flows"
            )
    if not matrix.output.any():
        raise Rejected("has no flow at all: download it again")
    for name, gap in matrix.gaps().items():
        if gap.share > MOST_GAPS:
            raise Rejected(
                f"prints {name} that differs from the sum of its cells by {gap.share:.2%} of all "
                f"output, most for {gap.place}: a row, a column or a sign is wrong; download it "
                "again, or leave the row of totals out"
            )
