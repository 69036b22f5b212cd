"""The dictionary of a release for people: every table, column and source, in both languages.

As a page (`dictionary.html`, which needs no network) and as a workbook (`dictionary.xlsx`).
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.contract.tables import NO_UNIT
from warehouse.store.package import diagram, templates
from warehouse.store.package.contents import Contents, ReleaseTable

if TYPE_CHECKING:
    from openpyxl import Workbook

PAGE, WORKBOOK = "dictionary.html", "dictionary.xlsx"
Row = list[Any]

_TABLES = ["table 表", "description", "说明", "rows 行数", "key 主键"]
_COLUMNS = ["table 表", "column 列", "type 类型", "unit", "单位", "description", "说明"]
_COLUMNS += ["key 主键", "refers to 引用"]
_SOURCES = ["source 来源", "title", "名称", "publisher 出版者", "licence 许可"]
_SOURCES += ["may be handed on 可再分发"]
_WIDTH, _WIDE = 22, 60


def write(contents: Contents, folder: Path) -> None:
    """Write the dictionary, as a page and as a workbook, into a folder."""
    page = templates.render(
        "dictionary.html.jinja", contents=contents, columns=_column_rows, diagram=diagram.NAME
    )
    (folder / PAGE).write_text(page, encoding="utf-8")
    from warehouse.formats import written_workbooks

    written_workbooks.save(_workbook(contents).save, folder / WORKBOOK)


def _workbook(contents: Contents) -> "Workbook":
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    columns = (row for table in contents.all_tables for row in _column_rows(table))
    for title, header, rows in [
        ("tables 表", _TABLES, map(_table_row, contents.all_tables)),
        ("columns 列", _COLUMNS, columns),
        ("sources 来源", _SOURCES, _source_rows(contents)),
    ]:
        page = workbook.create_sheet(title)
        page.freeze_panes = "A3"
        for place, name in enumerate(header):
            letter = "ABCDEFGHI"[place]
            page.column_dimensions[letter].width = _width(name)
        page.append([contents.label])
        page.append(header)
        for row in rows:
            page.append(row)
    return workbook


@cache
def _width(name: str) -> int:
    return _WIDE if name in ("description", "说明", "title", "licence 许可") else _WIDTH


def _table_row(table: ReleaseTable) -> Row:
    about = table.table.about
    return [table.address, about.en, about.zh, table.rows, ", ".join(table.table.key)]


def _column_rows(table: ReleaseTable) -> Iterator[Row]:
    """The columns of a table, each as the dictionary has it."""
    key = table.table.key
    for name, column in table.table.columns.items():
        yield [
            table.address,
            name,
            table.data_types[name].lower(),
            None if column.unit.en == NO_UNIT else column.unit.en,
            column.unit.zh,
            column.about.en,
            column.about.zh,
            key.index(name) + 1 if name in key else None,
            column.references,
        ]


def _source_rows(contents: Contents) -> Iterator[Row]:
    for each in contents.sources:
        may = "yes 是" if each.redistributable else "no 否"
        yield [
            each.source_id,
            each.title_en,
            each.title_zh,
            each.publisher,
            each.licence,
            may,
        ]
