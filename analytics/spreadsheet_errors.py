"""Errors that spreadsheets leave in the cells of a panel: they count as missing, and are told."""

import csv
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import openpyxl
from openpyxl.utils import get_column_letter

ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
# The place of a column from 0, the address of a cell in it, and the error there
Found = Iterator[tuple[int, str, str]]


def in_workbook(path: Path, sheet: str) -> Found:
    """The errors in a sheet of a workbook (.xlsx, .xlsm), which its reader takes for blanks."""
    if not zipfile.is_zipfile(path) or not _holds_errors(path):
        return
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.data_type == "e":
                yield cell.column - 1, cell.coordinate, cell.value
    book.close()


def _holds_errors(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b't="e"' in archive.read(name) for name in sheets)


def in_text(file: TextIO, separator: str) -> Found:
    """The errors in a CSV."""
    if not any("#" in line for line in file):
        return
    file.seek(0)
    rows = csv.reader(file, delimiter=separator)
    for row in rows:
        for column, cell in enumerate(row):
            if cell.strip() in ERRORS:
                yield column, f"{get_column_letter(column + 1)}{rows.line_num}", cell.strip()


def warnings_of(found: Found, names: Mapping[int, str]) -> dict[str, str]:
    """The warning of each column, by the names that columns have, in which there are errors."""
    errors: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for column, place, error in found:
        errors[column].append((place, error))
    return {
        name: _warning(name, len(errors[column]), *errors[column][0])
        for column, name in names.items()
        if column in errors
    }


def _warning(name: str, count: int, place: str, error: str) -> str:
    return (
        f"`{name}` has {count} errors of a spreadsheet, which count as missing, the first {error} "
        f"in {place}: mend the formula, or leave the cell empty"
    )
