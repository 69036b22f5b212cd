"""Files as sheets of printed text: CSV in either encoding, workbooks old and new, web pages."""

import csv
import datetime
import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath

import python_calamine
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from warehouse.errors import Rejected
from warehouse.ole import check_container
from warehouse.web_pages import is_page, page_rows

_DAMAGED = (
    "cannot be opened as a workbook, its bytes are damaged or cut short: download it again, "
    "or open it in a spreadsheet and save it as .xlsx"
)
# What parsing damaged bytes raises below the decryption library's own errors.
_MALFORMED = (OSError, struct.error, AssertionError, IndexError, KeyError, ValueError)

Rows = list[list[str | None]]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_WORKBOOKS = (".xls", ".xlsx", ".xlsm")
_PAGES = (".htm", ".html")
READABLE = (".csv", *_WORKBOOKS, *_PAGES)
# Excel "encrypts" a workbook with this word when it is protected without a password of its own.
_EXCEL_DEFAULT_PASSWORD = "VelvetSweatshop"


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows` from A1 on as printed text, None for a blank.

    `name` is None where the file is no workbook.
    """

    name: str | None
    rows: Rows
    is_hidden: bool = False


def open_sheets(data: bytes, file_name: str) -> list[Sheet]:
    """Every worksheet of a file, in order. Raises Rejected with what to do about the file."""
    kind = PurePath(file_name).suffix.lower()
    if kind == ".csv":
        return [Sheet(None, _csv_rows(open_text(data, file_name)))]
    if kind in _PAGES:
        return [Sheet(None, page_rows(open_text(data, file_name)))]
    _check_kind(data, file_name)
    return _workbook_sheets(data)


def open_text(data: bytes, file_name: str) -> str:
    """The text of a file in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030.

    Raises Rejected with what to do about the file.
    """
    _check_kind(data, file_name)
    return decoded(data)


def decoded(data: bytes) -> str:
    """The bytes as text. Raises Rejected if they are in none of the encodings."""
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
    return [[_printed(cell.strip(" \t\r\n\ufeff")) for cell in row] for row in rows]


def _lenient_rows(text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return list(reader)
    except csv.Error as error:
        raise Rejected(f"is not a readable CSV: line {reader.line_num}: {error}") from None


def _workbook_sheets(data: bytes) -> list[Sheet]:
    if data.startswith(_OLE):
        check_container(data, _DAMAGED)
    with _refusing_damage():
        try:
            return _calamine_sheets(data)
        except python_calamine.CalamineError:
            if not data.startswith(_OLE):
                raise
        # An encrypted workbook looks damaged to the reader of workbooks.
        return _calamine_sheets(_decrypted(data))


def _calamine_sheets(data: bytes) -> list[Sheet]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        Sheet(
            sheet.name,
            [
                [_text(value) for value in row]
                for row in workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            ],
            sheet.visible != SheetVisibleEnum.Visible,
        )
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _decrypted(data: bytes) -> bytes:
    """The workbook inside one that Excel wrapped in its default password."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    plain = io.BytesIO()
    try:
        wrapped = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not wrapped.is_encrypted():
            raise Rejected(_DAMAGED)
        wrapped.load_key(password=_EXCEL_DEFAULT_PASSWORD)
        wrapped.decrypt(plain)
    except InvalidKeyError:
        raise Rejected(
            "is protected by a password: open it in a spreadsheet, remove the password, save it"
        ) from None
    except (DecryptionError, FileFormatError, ParseError, *_MALFORMED) as error:
        raise Rejected(_DAMAGED) from error
    return plain.getvalue()


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Turn what the reader of workbooks raises on damaged bytes into Rejected."""
    try:
        yield
    except python_calamine.CalamineError as error:
        raise Rejected(_DAMAGED) from error
    except BaseException as error:
        # A panic of the Rust library, seen on files cut short, is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Rejected(_DAMAGED) from error


def _text(value: object) -> str | None:
    """A spreadsheet's value as its shortest text: 2017.0 -> "2017", 18549.19 -> "18549.19"."""
    if isinstance(value, str):
        return _printed(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        text = repr(value)
        return (format(Decimal(text), "f") if "e" in text else text).removesuffix(".0")
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def _printed(text: str) -> str | None:
    return text if text and not text.isspace() else None
