"""Spreadsheets of OpenDocument (.ods) as printed text (OpenDocument 1.3, part 3).

Cells and rows that are alike stand once, with their number. A percentage shows its sign, a date in
a format of the year alone its year, a number that is shown in thousands so many of them, and a
footnote mark in superscript stays one.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from warehouse.formats.number_formats import divided, percentage, raised
from warehouse.formats.workbooks import Merged, ParsedSheet, Rows, printed

_CONTENT, _STYLES = "content.xml", "styles.xml"
_NAMES = "{{urn:oasis:names:tc:opendocument:xmlns:{}:1.0}}{}".format
_TABLE, _SOURCE = _NAMES("table", "table"), _NAMES("table", "table-source")
_COLUMN, _ROW = _NAMES("table", "table-column"), _NAMES("table", "table-row")
_CELLS = (_NAMES("table", "table-cell"), _NAMES("table", "covered-table-cell"))
_KIND, _VALUE = _NAMES("office", "value-type"), _NAMES("office", "value")
_DATE, _BOOLEAN = _NAMES("office", "date-value"), _NAMES("office", "boolean-value")
_FORMULA = _NAMES("table", "formula")
_SPAN, _STYLED = _NAMES("table", "number-rows-spanned"), _NAMES("table", "style-name")
_REPEATED = {what: _NAMES("table", f"number-{what}-repeated") for what in ("rows", "columns")}
_LINE, _BLANKS, _BREAK = _NAMES("text", "p"), _NAMES("text", "s"), _NAMES("text", "line-break")
_STYLE = _NAMES("style", "style")
_OF_STYLES = {
    _STYLE,
    *(_NAMES("datastyle", f"{kind}-style") for kind in ("date", "number", "currency")),
}
_ANNOTATION = _NAMES("office", "annotation")
# Between the tags of a line any number of them is one blank; more are said by a tag
_SPACE = re.compile(r"[ \t\r\n]+")
_IN_SUPERSCRIPT = ("super", "33%")
_NOT_OF_A_YEAR = {"month", "day", "hours", "minutes", "seconds", "quarter", "week-of-year"}
# Raises Rejected if the sheets up to one of that name have too many cells
CheckExtent = Callable[[int, str], None]
# The shortest text of a number
ToText = Callable[[float], str | None]


@dataclass
class _Styles:
    """What styles show otherwise, by their names."""

    numbers: dict[str, ToText] = field(default_factory=dict)
    years: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


@dataclass
class _Growing:
    """A sheet as far as it is read; `blank_rows` count once something stands below them."""

    name: str
    is_hidden: bool
    columns: list[str] = field(default_factory=list)
    rows: Rows = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    blank_rows: int = 0
    width: int = 0


def is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    """Whether an archive is a spreadsheet of OpenDocument."""
    names = archive.namelist()
    is_document = _CONTENT in names and "mimetype" in names
    return is_document and b"opendocument.spreadsheet" in archive.read("mimetype")


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Whether its parts can be read with a password alone."""
    path = "META-INF/manifest.xml"
    return path in archive.namelist() and b"encryption-data" in archive.read(path)


def sheets(data: bytes, to_text: ToText, check_extent: CheckExtent) -> list[ParsedSheet]:
    """Every sheet. Raises Rejected, or ParseError, KeyError or ValueError on damage."""
    styles = _Styles()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if _STYLES in archive.namelist():
            for element in ElementTree.fromstring(archive.read(_STYLES)).iter():
                _note_style(element, styles)
        content = io.BytesIO(archive.read(_CONTENT))
    return [
        (sheet.name, _padded(sheet), sheet.is_hidden, sheet.merged)
        for sheet in _sheets(content, styles, to_text, check_extent)
    ]


def _sheets(
    content: io.BytesIO, styles: _Styles, to_text: ToText, check_extent: CheckExtent
) -> Iterator[_Growing]:
    """Every sheet, those aside that keep what stands in other files."""
    sheet, before = _Growing("", True), 0
    for event, element in ElementTree.iterparse(content, ("start", "end")):
        if event == "start" and element.tag == _TABLE:
            style = element.get(_STYLED, "")
            sheet = _Growing(element.get(_NAMES("table", "name"), ""), style in styles.hidden)
        elif event == "start":
            continue
        elif element.tag == _COLUMN:
            check_extent(before + _times(element, "columns"), sheet.name)
            style = element.get(_NAMES("table", "default-cell-style-name"), "")
            sheet.columns += [style] * _times(element, "columns")
        elif element.tag == _ROW:
            _add_row(element, sheet, _Cells(styles, to_text, before, check_extent))
            element.clear()
        elif element.tag == _TABLE and element.find(_SOURCE) is None:
            before += len(sheet.rows) * sheet.width
            yield sheet
        else:
            _note_style(element, styles)


def _add_row(element: Element, sheet: _Growing, cells: "_Cells") -> None:
    """Add a row as often as it is there, with the blank ones above it; blank ones only count."""
    first = len(sheet.rows) + sheet.blank_rows
    row = cells.of(element, sheet, first)
    times = _times(element, "rows")
    if not row:
        sheet.blank_rows += times
        return
    sheet.width = max(sheet.width, len(row))
    cells.check(sheet, (first + times) * sheet.width)
    sheet.rows += [[] for _ in range(sheet.blank_rows)]
    sheet.rows += [row] * times
    sheet.blank_rows = 0


def _padded(sheet: _Growing) -> Rows:
    return [[*row, *[None] * (sheet.width - len(row))] for row in sheet.rows]


def _times(element: Element, what: str) -> int:
    return int(element.get(_REPEATED[what], 1))


@dataclass(frozen=True)
class _Cells:
    """How the cells of a sheet become text, and how many there were before it."""

    styles: _Styles
    to_text: ToText
    before: int
    check_extent: CheckExtent

    def check(self, sheet: _Growing, cells: int) -> None:
        self.check_extent(self.before + cells, sheet.name)

    def of(self, row: Element, sheet: _Growing, number: int) -> list[str | None]:
        """The texts of a row up to its last one."""
        found: list[str | None] = []
        column = 0
        for cell in (each for each in row if each.tag in _CELLS):
            times = _times(cell, "columns")
            default = sheet.columns[column] if column < len(sheet.columns) else ""
            text = self.text(cell, cell.get(_STYLED, default))
            if text is not None:
                self.check(sheet, column + times)
                found += [None] * (column - len(found)) + [text] * times
            span = int(cell.get(_SPAN, 1))
            sheet.merged += [(number, column, number + span - 1)] if span > 1 else []
            column += times
        return found

    def text(self, cell: Element, style: str) -> str | None:
        """What a cell shows; of a number and a day all that is stored."""
        kind = cell.get(_KIND, "")
        shown = "\n".join(self.line(part) for part in cell if part.tag == _LINE)
        is_error = shown.startswith("#") and kind != "string"
        if kind in ("float", "currency", "percentage") and not is_error:
            number = float(cell.get(_VALUE, ""))
            is_percentage = kind == "percentage"
            return percentage(number) if is_percentage else self.number(number, style)
        if kind == "date" and not is_error:
            day = cell.get(_DATE, "").removesuffix("T00:00:00")
            return day[: len("YYYY")] if style in self.styles.years else day
        if kind == "boolean":
            return cell.get(_BOOLEAN, "").upper()
        formula = cell.get(_FORMULA, "")
        return "=" + formula.partition("=")[2] if formula and not kind else printed(shown)

    def number(self, number: float, style: str) -> str | None:
        return self.styles.numbers.get(style, self.to_text)(number)

    def line(self, element: Element) -> str:
        """The text of a line, or of a part of it, without remarks that hang on it."""
        text = _SPACE.sub(" ", element.text or "")
        for part in element:
            if part.tag == _BLANKS:
                text += " " * int(part.get(_NAMES("text", "c"), 1))
            elif part.tag == _BREAK:
                text += "\n"
            elif part.tag != _ANNOTATION:
                is_up = part.get(_NAMES("text", "style-name")) in self.styles.raised
                text += raised(self.line(part)) if is_up else self.line(part)
            text += _SPACE.sub(" ", part.tail or "")
        return text


def _note_style(element: Element, styles: _Styles) -> None:
    """Note what a style, or a format of numbers or dates, shows otherwise."""
    if element.tag not in _OF_STYLES:
        return
    name = element.get(_NAMES("style", "name"), "")
    parts = {part.tag.rpartition("}")[2]: part for part in element}
    kind = element.tag.rpartition("}")[2]
    if kind == "date-style" and "year" in parts and not parts.keys() & _NOT_OF_A_YEAR:
        styles.years.add(name)
    elif kind in ("number-style", "currency-style") and "number" in parts:
        factor = float(parts["number"].get(_NAMES("datastyle", "display-factor"), 1))
        styles.numbers |= {name: partial(divided, factor)} if factor != 1 else {}
    elif element.tag == _STYLE:
        _note_use(element, name, parts, styles)


def _note_use(element: Element, name: str, parts: dict[str, Element], styles: _Styles) -> None:
    """Note what a style of cells, of texts or of sheets takes from the formats that it names."""
    parent = element.get(_NAMES("style", "parent-style-name"), "")
    form = element.get(_NAMES("style", "data-style-name"), parent)
    if form in styles.years:
        styles.years.add(name)
    if form in styles.numbers:
        styles.numbers[name] = styles.numbers[form]
    if "text-properties" in parts:
        position = parts["text-properties"].get(_NAMES("style", "text-position"), "")
        styles.raised |= {name} if position.startswith(_IN_SUPERSCRIPT) else set()
    if "table-properties" in parts:
        shows = parts["table-properties"].get(_NAMES("table", "display"))
        styles.hidden |= {name} if shows == "false" else set()
