"""Files as sheets of printed text: CSV, workbooks old and new, web pages, data files of Stata."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from warehouse.contract.errors import Rejected
from warehouse.contract.labels import is_note, is_sentence
from warehouse.formats import bounds
from warehouse.formats.stata import is_stata
from warehouse.formats.web_pages import is_page
from warehouse.formats.workbooks import PARSER, Merged, Rows, printed, read_workbook

if TYPE_CHECKING:
    import _csv

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
WORKBOOKS = (".xls", ".xlsx", ".xlsm", ".ods")
CHINESE_ENCODING = "gb18030"
WESTERN_ENCODING = "cp1252"
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
NO_TEXT = "is not text, for it holds NUL bytes: download it again"
SEPARATORS = (",", "\t", ";")
_CHINESE = re.compile("[\u3400-\u9fff]")
# Numbers between semicolons or tabs: with a comma, which may be the decimal point; with one that
# has to be, for it is before no three digits or behind a point; with a point, before three digits
_WITH_COMMA = re.compile(r"[-+]?\d[\d.]*,\d+")
_DECIMAL_COMMA = re.compile(r"[-+]?(?:\d+,(?!\d{3}$)|0,|\d{4,},|[\d.]*\.\d+,)\d+")
_WITH_POINT = re.compile(r"[-+]?\d*\.\d[\d.]*")
_POINTS_IN_THREES = re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+")
# How programs keep a spreadsheet from taking a text for a number: ="0101"
AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_PAGES = (".htm", ".html")
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar")
_TEXTS = (".txt", ".tsv", ".tab")
READABLE = (".csv", *WORKBOOKS, *_PAGES, ".dta")


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows` from A1 on as printed text, None for a blank.

    `name` is None where the file is no workbook; `merged` are its cells that reach down over
    several rows; `is_separated` where a mark parts its cells.
    """

    name: str | None
    rows: Rows
    is_hidden: bool = False
    merged: Sequence[Merged] = ()
    is_separated: bool = False

    def labelled(self, columns: Collection[int | None]) -> Rows:
        """The rows, with what a merged cell of these columns says in each row that it reaches."""
        rows = list(self.rows)
        for first, column, last in self.merged:
            text = rows[first][column] if column in columns and first < len(rows) else None
            for number in range(first + 1, min(last + 1, len(rows))):
                # A text of its own ends it, so that cells that overlap cost no more than others
                if text is None or rows[number][column] is not None:
                    break
                rows[number] = [*rows[number][:column], text, *rows[number][column + 1 :]]
        return rows


def open_sheets(data: bytes, file_name: str, encoding: str = CHINESE_ENCODING) -> list[Sheet]:
    """Every worksheet of a file, in order. Raises Rejected with what to do about the file.

    `encoding` is that of text which is not Unicode.
    """
    kind = PurePath(file_name).suffix.lower()
    if kind == ".csv":
        text = open_text(data, file_name, encoding)
        rows = list(csv_rows(lambda: io.StringIO(text, newline="")))
        return [Sheet(None, rows, is_separated=True)]
    if kind in _PAGES:
        text = open_text(data, file_name, encoding)
        rows, merged = bounds.ask(PARSER, ("page", text))
        return [Sheet(None, rows, merged=merged)]
    check_kind(data, file_name)
    if kind == ".dta":
        return [Sheet(None, bounds.ask(PARSER, ("stata", data)))]
    found = [Sheet(*sheet) for sheet in read_workbook(data)]
    _check_names([sheet.name for sheet in found])
    return found


def _check_names(names: list[str | None]) -> None:
    """Raise Rejected where sheets share a name: a cell is found by its sheet's."""
    for name in names:
        if names.count(name) > 1:
            raise Rejected(
                f"has more than one sheet named {name}, which no address tells apart: open it in a "
                "spreadsheet, name them apart and save it"
            )


def open_text(data: bytes, file_name: str, encoding: str = CHINESE_ENCODING) -> str:
    """The text of a file in UTF-8 (with or without BOM), UTF-16 with BOM, or the encoding given.

    Raises Rejected with what to do about the file.
    """
    check_kind(data, file_name)
    return decoded(data, encoding)


def decoded(data: bytes, encoding: str = CHINESE_ENCODING) -> str:
    """The bytes as text. Raises Rejected if they are in none of the encodings."""
    for mark, unicode in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return _decoded(data[len(mark) :], unicode)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "utf-8" if is_mostly_utf8(data) else encoding)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise misfit(encoding, error.start + 1, line, error.end >= len(data)) from None
    if "\0" in text:
        raise Rejected(NO_TEXT)
    return text


def misfit(encoding: str, byte: int, line: int, is_at_end: bool) -> Rejected:
    """What is wrong with text one of whose bytes, counted from 1, does not fit its encoding."""
    name = encoding.upper().removesuffix("-LE").removesuffix("-BE")
    if is_at_end:
        return Rejected(
            f"is {name} text that ends inside a character, it was cut short: download it again"
        )
    kind = (
        f"{name} text with a fault" if name.startswith("UTF") else f"neither UTF-8 nor {name} text"
    )
    return Rejected(
        f"is {kind} (byte {byte}, in line {line}, does not fit), damaged or pieced "
        "together: download it again, or open it in a spreadsheet, check that line and save it "
        "as CSV UTF-8"
    )


def is_mostly_utf8(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 throughout were meant to be: GB18030 hardly ever fits it."""
    text = data.decode("utf-8", errors="replace")
    return len(_CHINESE.findall(text)) > text.count("\ufffd")


def check_kind(data: bytes, file_name: str) -> None:
    """Raise Rejected unless the file's bytes, or the first of them, are what its name says."""
    kind = PurePath(file_name).suffix.lower()
    if kind in _ARCHIVES:
        raise Rejected(f"is an archive ({kind}): unpack it and land the files it holds")
    if kind in _TEXTS:
        raise Rejected(f"is a {kind}: rename it to .csv if it holds a table")
    if kind not in READABLE:
        raise Rejected(
            f"is a {kind or 'file without extension'}; only {', '.join(READABLE)} are read: "
            "export the table in one of these forms"
        )
    if not data.strip(b"\0 \t\r\n"):
        raise Rejected("is empty: download it again")
    if kind == ".dta":
        if not is_stata(data):
            raise Rejected("is no data file of Stata 8 or later although its name ends in .dta")
        return
    is_workbook = data.startswith((_OLE, _ZIP))
    if kind in _PAGES and is_workbook:
        raise Rejected(f"is a workbook under the name of a {kind} file: rename it to .xlsx or .xls")
    if kind in _PAGES:
        return
    if is_page(data):
        raise Rejected(
            f"is a web page saved under the name of a {kind} file: rename it to .html, or open it "
            "in a spreadsheet and save it as .xlsx"
        )
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!", b"<?xml", b"<head", b"<meta", b"mime-version")):
        raise Rejected(
            f"is XML or another text in tags, saved under the name of a {kind} file: download it "
            "again, or open it in a spreadsheet and save it as .xlsx"
        )
    if kind == ".csv" and is_workbook:
        raise Rejected("is a workbook under the name of a .csv file: rename it to .xlsx or .xls")
    if kind == ".csv" and b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Rejected(
            "is not text although its name ends in .csv, or UTF-16 without its mark: download it "
            "again, or open it in a spreadsheet and save it as CSV UTF-8"
        )
    if kind != ".csv" and not is_workbook:
        raise Rejected(
            f"is not a workbook although its name ends in {kind}: download it again, or, if it "
            "holds plain text, rename it to .csv"
        )


def csv_rows(lines: Callable[[], Iterable[str]]) -> Iterator[list[str | None]]:
    """The rows of a CSV whose lines `lines` gives, from the first one on each time it is called.

    The tab that the new portal puts before each comma is no content, nor is what makes a formula
    of a text (="0101"). Raises Rejected with what to do about the file.
    """
    mark = separator_of(lines())
    is_strict = _is_strict(lines(), mark)
    last_line, last, before = [""], None, None
    points: dict[bool, tuple[int, str]] = {}
    for number, cells in enumerate(_cells(_noted(lines(), last_line), mark, is_strict), 1):
        row = [printed(unwrapped(cell.strip(" \t\r\n\ufeff"))) for cell in cells]
        if mark != ",":
            _check_decimals(number, row, mark)
        if mark == ";":
            _note_points(number, row, points)
        if any(row):
            before, last = last, row
        yield row
    if True in points and False not in points:
        raise point_before_three_digits(*points[True])
    if not last_line[0].endswith(("\n", "\r")):
        _check_last_line(before or [], last or [None])


def unwrapped(text: str) -> str:
    """A text without the formula that keeps it one."""
    return AS_TEXT.sub(r"\1", text) if text.startswith("=") else text


def separator_of(lines: Iterable[str]) -> str:
    """The mark that parts the cells of the most lines; a comma where it does so in as many.

    The tab that the new portal puts before each comma, or at the end of a line, parts nothing.
    """
    found = Counter(mark for line in lines for mark in SEPARATORS if mark in line.strip())
    return max(SEPARATORS, key=lambda mark: found[mark])


def _noted(lines: Iterable[str], last: list[str]) -> Iterator[str]:
    """Lines as they are asked for, the last of them noted."""
    for line in lines:
        last[:] = [line]
        yield line


def _is_strict(lines: Iterable[str], mark: str) -> bool:
    """Whether a closing quotation mark ends every quoted cell; harmless text in notes follows it.

    Raises Rejected if the last one is missing.
    """
    try:
        deque(_reader(lines, mark, strict=True), maxlen=0)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise Rejected(
                "ends inside a quoted cell: a closing quotation mark is missing"
            ) from None
        return False
    return True


def _cells(lines: Iterable[str], mark: str, is_strict: bool) -> Iterator[list[str]]:
    reader = _reader(lines, mark, is_strict)
    try:
        yield from reader
    except csv.Error as error:
        if "field limit" in str(error):
            raise Rejected(
                f"has a cell of more than {csv.field_size_limit():,} characters in line "
                f"{reader.line_num}: close the quotation mark that begins it, or download it again"
            ) from None
        raise Rejected(f"is not a readable CSV: line {reader.line_num}: {error}") from None


def _reader(lines: Iterable[str], mark: str, strict: bool) -> "_csv.Reader":
    """Lines of cells; a blank before a quotation mark is no part of the cell that it opens."""
    return csv.reader(lines, delimiter=mark, skipinitialspace=True, strict=strict)


def _check_decimals(number: int, row: Sequence[str | None], mark: str) -> None:
    """Raise Rejected if a comma of a number is, or between semicolons may be, its decimal point."""
    odd_one = _WITH_COMMA if mark == ";" else _DECIMAL_COMMA
    if odd := next((cell for cell in row if cell and odd_one.fullmatch(cell)), None):
        raise decimal_comma(number, odd)


def _note_points(
    number: int, row: Sequence[str | None], points: dict[bool, tuple[int, str]]
) -> None:
    """Note the first number whose points may set apart thousands, and the first where none does."""
    for cell in row:
        if cell and _WITH_POINT.fullmatch(cell):
            points.setdefault(bool(_POINTS_IN_THREES.fullmatch(cell)), (number, cell))


def decimal_comma(line: int, text: str) -> Rejected:
    """The refusal of a number with a comma, which may be its decimal point."""
    return Rejected(
        f'has commas in its numbers ("{text}" in line {line}), which may be decimal points: save '
        "it with decimal points and commas between the cells"
    )


def point_before_three_digits(line: int, text: str) -> Rejected:
    """The refusal of a number between semicolons whose points may set thousands apart."""
    return Rejected(
        f'has points before three digits in its numbers ("{text}" in line {line}), which may set '
        "thousands apart: save it without marks of thousands and with commas between the cells"
    )


def _check_last_line(before: Sequence[str | None], last: Sequence[str | None]) -> None:
    """Raise Rejected if the last line, which no line break ends, is only the start of a row."""
    is_below_row = sum(text is not None for text in before) > 1
    is_note_line = is_note(last[0]) or (len(last) == 1 and is_sentence(last[0]))
    if is_below_row and len(last) < len(before) and not is_note_line:
        raise Rejected(
            f"ends in the middle of a line (its last line has {len(last)} cells, the line before "
            f"{len(before)}), it was cut short: download it again, or, if it is whole, end it "
            "with a line break"
        )
