"""Writers of the file formats that statistics come in; the same content gives the same bytes."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import xlwt
import yaml

# A zip archive cannot hold an earlier date.
EPOCH = (1980, 1, 1, 0, 0, 0)

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
    buffer = io.BytesIO()
    workbook.save(buffer)
    _without_the_clock(buffer, path)


def _without_the_clock(archive: io.BytesIO, path: Path) -> None:
    """openpyxl stamps the hour into the archive and the core properties; a copy has neither."""
    with zipfile.ZipFile(archive) as stamped, zipfile.ZipFile(path, "w") as plain:
        for name in stamped.namelist():
            part = stamped.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb">[^<]*Z</dcterms:", b">1980-01-01T00:00:00Z</dcterms:", part)
            plain.writestr(zipfile.ZipInfo(name, EPOCH), part, zipfile.ZIP_DEFLATED)
