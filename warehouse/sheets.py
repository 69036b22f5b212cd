"""Files as sheets of printed text: CSV in either encoding, workbooks old and new."""

import csv
import io
from dataclasses import dataclass
from pathlib import PurePath

from warehouse.errors import Rejected
from warehouse.workbooks import Rows, printed, read_workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_WORKBOOKS = (".xls", ".xlsx", ".xlsm")
READABLE = (".csv", *_WORKBOOKS)


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows` from A1 on as printed text, None for a blank; `name` is None in a CSV."""

    name: str | None
    rows: Rows
    is_hidden: bool = False


def open_sheets(data: bytes, file_name: str) -> list[Sheet]:
    """Every worksheet of a file, in order. Raises Rejected with what to do about the file."""
    if PurePath(file_name).suffix.lower() == ".csv":
        return [Sheet(None, _csv_rows(open_text(data, file_name)))]
    _check_kind(data, file_name)
    return [Sheet(*sheet) for sheet in read_workbook(data)]


def open_text(data: bytes, file_name: str) -> str:
    """The text of a CSV in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030.

    Raises Rejected with what to do about the file.
    """
    _check_kind(data, file_name)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            broken_at = error.start
    raise Rejected(
        f"is neither UTF-8 nor GB18030 text (byte {broken_at + 1} fits neither): "
        "open it in a spreadsheet and save it as CSV UTF-8"
    )


def _check_kind(data: bytes, file_name: str) -> None:
    """Raise Rejected unless the file's bytes are what its name says."""
    kind = PurePath(file_name).suffix.lower()
    if kind not in READABLE:
        raise Rejected(
            f"is a {kind or 'file without extension'}; only {', '.join(READABLE)} are read: "
            "export the table in one of these forms"
        )
    if not data.strip(b"\0 \t\r\n"):
        raise Rejected("is empty: download it again")
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_workbook = data.startswith((_OLE, _ZIP))
    if head.startswith(b"<") and (b"<html" in head or b"<!doctype" in head or b"<table" in head):
        raise Rejected(
            f"is a web page saved under the name of a {kind} file: download it again, or open it "
            "in a spreadsheet and save it as .xlsx"
        )
    if kind == ".csv" and is_workbook:
        raise Rejected("is a workbook under the name of a .csv file: rename it to .xlsx or .xls")
    if kind == ".csv" and b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Rejected("is not text although its name ends in .csv: download it again")
    if kind != ".csv" and not is_workbook:
        raise Rejected(
            f"is not a workbook although its name ends in {kind}: download it again, or, if it "
            "holds plain text, rename it to .csv"
        )


def _csv_rows(text: str) -> Rows:
    """The rows of a CSV; the tab that the new portal puts before each comma is no content."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise Rejected(
                "ends inside a quoted cell: a closing quotation mark is missing"
            ) from None
        # Text after a closing quotation mark is common in notes and harms nothing.
        rows = _lenient_rows(text)
    return [[printed(cell.strip(" \t\r\n\ufeff")) for cell in row] for row in rows]


def _lenient_rows(text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return list(reader)
    except csv.Error as error:
        raise Rejected(f"is not a readable CSV: line {reader.line_num}: {error}") from None
