"""The child that parses workbooks, web pages and Stata within bounds (`warehouse.formats.bounds`).

Run as `python -m warehouse.formats.parser`; it imports little, for every refresh
starts it.
"""

import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from warehouse.contract.errors import Rejected
from warehouse.formats import bounds
from warehouse.formats.ole import OLE, check_container
from warehouse.formats.stata import stata_rows
from warehouse.formats.web_pages import page_sheet
from warehouse.formats.workbooks import Merged, ParsedSheet, Rows, printed

_UNPACKED_LIMIT = 512 << 20
_CELL_LIMIT = 25_000_000
_DAMAGED = (
    "cannot be opened as a workbook, its bytes are damaged or cut short: download it again, "
    "or open it in a spreadsheet and save it as .xlsx"
)
_PROTECTED = "is protected by a password: open it in a spreadsheet, remove the password, save it"
# What parsing damaged bytes raises below the decryption library's own errors.
_MALFORMED = (OSError, struct.error, AssertionError, IndexError, KeyError, ValueError)
# What a damaged archive or part raises: RuntimeError stands for encryption, versions and methods.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, LookupError, *_MALFORMED)
# Excel "encrypts" a workbook with this word when it is protected without a password of its own.
_EXCEL_DEFAULT_PASSWORD = "VelvetSweatshop"


def main() -> None:
    """Answer each question: the kind of a file, and its bytes or its text."""
    bounds.serve(lambda question: _PARSERS[question[0]](question[1]))


def _sheets(data: bytes) -> list[ParsedSheet]:
    if data.startswith(OLE):
        check_container(data, _DAMAGED)
    elif _is_opendocument(data):
        return _opendocument(data)
    with _refusing_damage():
        try:
            return _parsed(data)
        except python_calamine.CalamineError:
            if not data.startswith(OLE):
                raise
        # An encrypted workbook looks damaged to the reader of workbooks.
        plain = _decrypted(data)
        if not plain.startswith(OLE):
            _is_opendocument(plain)
        return _parsed(plain)


def _is_opendocument(data: bytes) -> bool:
    """Whether a workbook is one of OpenDocument, and none of Excel.

    Raises Rejected unless its archive is whole and unpacks to a bearable size.
    """
    from warehouse.formats import opendocument

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            _check_unpacked(unpacked)
            if any(name.startswith("xl/") for name in archive.namelist()):
                return False
            if opendocument.is_encrypted(archive):
                raise Rejected(_PROTECTED)
            if opendocument.is_spreadsheet(archive):
                return True
    except _UNREADABLE as error:
        raise Rejected(_DAMAGED) from error
    raise Rejected("is an archive but holds no workbook: unpack it and land the files it holds")


def _check_unpacked(size: int) -> None:
    if size > _UNPACKED_LIMIT:
        raise Rejected(
            f"would unpack to {size >> 20:,} MB: delete the empty rows and columns in a "
            "spreadsheet and save it again"
        )


def _opendocument(data: bytes) -> list[ParsedSheet]:
    from xml.etree.ElementTree import ParseError

    from warehouse.formats import opendocument

    try:
        return opendocument.sheets(data, _text, _check_extent)
    except (ParseError, *_UNREADABLE) as error:
        raise Rejected(_DAMAGED) from error


def _parsed(data: bytes) -> list[ParsedSheet]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found: list[ParsedSheet] = []
    cells = 0
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        cells += sheet.total_height * sheet.total_width
        _check_extent(cells, meta.name)
        values = sheet.to_python(skip_empty_area=False)
        rows = [[_text(value) for value in row] for row in values]
        is_hidden = meta.visible != SheetVisibleEnum.Visible
        found.append((meta.name, rows, is_hidden, _merged_down(sheet)))
    _print_as_shown(found, data)
    return found


def _merged_down(sheet: CalamineSheet) -> list[Merged]:
    """The merged cells that reach down over several rows."""
    ranges = sheet.merged_cell_ranges or []
    return [(row, column, last) for (row, column), (last, _) in ranges if last > row]


def _check_extent(cells: int, sheet: str) -> None:
    if cells > _CELL_LIMIT:
        raise Rejected(
            f"spans {cells:,} cells up to sheet {sheet}, for a cell stands far outside its table: "
            "delete the empty rows and columns in a spreadsheet and save it again"
        )


def _print_as_shown(sheets: list[ParsedSheet], data: bytes) -> None:
    """Put what the reader of workbooks hides into the rows: errors, percent signs, footnotes."""
    from xml.etree.ElementTree import ParseError

    from warehouse.formats import biff, spreadsheetml

    names = [name for name, *_ in sheets]
    try:
        if data.startswith(OLE):
            shown = dict(zip(names, biff.shown_otherwise(data), strict=False))
        else:
            shown = spreadsheetml.shown_otherwise(data)
    except (ParseError, *_UNREADABLE) as error:
        raise Rejected(_DAMAGED) from error
    for name, rows, *_ in sheets:
        places = shown.get(name, {})
        _widen(rows, places, name)
        for (row, column), text in places.items():
            rows[row][column] = text


def _widen(rows: Rows, places: Iterable[tuple[int, int]], sheet: str) -> None:
    """Make room for places (row and column from 0) beyond the last value."""
    height = max([len(rows), *(row + 1 for row, _ in places)])
    width = max([len(rows[0]) if rows else 0, *(column + 1 for _, column in places)])
    _check_extent(height * width, sheet)
    rows += [[] for _ in range(height - len(rows))]
    for row in rows:
        row += [None] * (width - len(row))


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
        raise Rejected(_PROTECTED) from None
    except (DecryptionError, FileFormatError, ParseError, *_MALFORMED) as error:
        raise Rejected(_DAMAGED) from error
    return plain.getvalue()


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Turn what the reader of workbooks raises on damaged bytes into Rejected."""
    try:
        yield
    except python_calamine.CalamineError as error:
        unknown = re.search(r"Unsupported cell error value '(.*?)'", str(error))
        raise Rejected(
            f"holds the error value {unknown[1]}, and cannot be opened for it: clear that cell in "
            "a spreadsheet and save it again"
            if unknown
            else _DAMAGED
        ) from error
    except MemoryError:
        raise
    except BaseException as error:
        # A panic of the Rust library, seen on files cut short, is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Rejected(_DAMAGED) from error


def _text(value: object) -> str | None:
    """A spreadsheet's value as its shortest text: 2017.0 -> "2017", 18549.19 -> "18549.19"."""
    if isinstance(value, float):  # most are
        text = repr(value)
        return (format(Decimal(text), "f") if "e" in text else text).removesuffix(".0")
    if isinstance(value, str):
        return printed(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


_PARSERS: dict[str, Callable] = {"workbook": _sheets, "page": page_sheet, "stata": stata_rows}

if __name__ == "__main__":
    main()
