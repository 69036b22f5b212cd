"""A workbook: the data on the first sheet, what they are and where they are from on the second."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from warehouse.export.dataset import Dataset

SHEETS = {"en": ("data", "sources"), "zh": ("数据", "来源")}
_WIDEST, _LOOKED_AT = 60, 200  # characters of a column, rows from which its width is taken


def write(dataset: Dataset, path: Path) -> None:
    """Write the workbook; the second sheet begins with the release."""
    book = Workbook()
    data, sources = SHEETS[dataset.language]
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = data
    _fill(first, dataset.rows, heading=1)
    second = book.create_sheet(sources)
    second["A1"] = dataset.label
    second["A1"].font = Font(bold=True)
    _fill(second, dataset.sources, heading=3)
    book.properties.title = dataset.label
    book.properties.created = datetime.combine(dataset.newest_published_on, datetime.min.time())
    whole = BytesIO()  # the library would speak up once more of a file that it cannot close
    book.save(whole)
    path.write_bytes(whole.getvalue())


def _fill(sheet: Worksheet, rows: pd.DataFrame, heading: int) -> None:
    """Put a table below its heading, which stays in sight; what is missing is an empty cell."""
    plain = rows.astype(object).where(rows.notna(), None)
    for number, column in enumerate(plain.columns, start=1):
        cell = sheet.cell(heading, number, column)
        cell.font = Font(bold=True)
        shown = [column, *plain[column].head(_LOOKED_AT)]
        width = max(_width(value) for value in shown)
        sheet.column_dimensions[get_column_letter(number)].width = min(width + 2, _WIDEST)
    for values in plain.itertuples(index=False):
        sheet.append([value.date() if isinstance(value, datetime) else value for value in values])
    for cells in sheet.iter_rows(min_row=heading):
        for cell in cells:
            if cell.data_type == "f":  # what somebody prints with a "=" is text, and no formula
                cell.data_type = "s"
    sheet.freeze_panes = f"A{heading + 1}"


def _width(value: object) -> int:
    """Characters that a value takes; those of Chinese are twice as wide."""
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
