"""Writers of the file formats that statistics come in; the same content gives the same bytes."""

from pathlib import Path

import openpyxl
import xlwt
import yaml

from warehouse.formats import written_workbooks

Rows = list[list]


def write_text(path: Path, lines: list[str], encoding: str) -> None:
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))


def write_yaml(path: Path, comment: str, content: dict) -> None:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    write_text(path, [f"# {comment}", text.rstrip()], "utf-8")


def write_xls(path: Path, sheet: str, rows: Rows) -> None:
    workbook = xlwt.Workbook(encoding="utf-8")
    page = workbook.add_sheet(sheet)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(number, column, value)
    workbook.save(str(path))


def write_xlsx(path: Path, sheets: dict[str, Rows], hidden: tuple[str, ...] = ()) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        page = workbook.create_sheet(title)
        page.sheet_state = "hidden" if title in hidden else "visible"
        for row in rows:
            page.append(row)
    written_workbooks.save(workbook.save, path)
