"""Workbooks as bytes, written from rows."""

import io

import openpyxl


def workbook(*sheets: list[list], hidden: tuple[int, ...] = (), **named: list[list]) -> bytes:
    """The sheets in order, Sheet1, Sheet2, … and then those with names; some numbers hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    unnamed = {f"Sheet{number}": rows for number, rows in enumerate(sheets, 1)}
    for number, (name, rows) in enumerate({**unnamed, **named}.items(), 1):
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if number in hidden else "visible"
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
