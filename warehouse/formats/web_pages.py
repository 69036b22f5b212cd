"""Web pages as rows of printed text: the lines and the tables of a page in reading order."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from warehouse.formats.workbooks import Merged

_SPACE = re.compile(r"[ \t\r\n\f]+")
_SILENT = {"script", "style", "template"}
_BREAKS = {
    *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "title"),
    *("section", "article", "header", "footer", "nav", "form", "center", "caption", "pre", "hr"),
    *("body", "head", "html"),
}
_HEADINGS = {"title", "h1", "h2", "h3", "h4", "h5", "h6", "caption"}
# What the HTML standard clamps spans to; a page may claim any number.
_MOST_COLUMNS = 1000

Row = list[str | None]


def page_sheet(text: str) -> tuple[list[Row], list[Merged]]:
    """Every line of text as a row of one cell, every row of a table as a row; and merged cells.

    A merged cell stands in its first column and row, as in a spreadsheet; those that reach down
    are given by their first row, column and last row. A row around another
    table is the page's layout: its text is lines of text. Scripts, styles and comments say
    nothing; entities beyond those of HTML stay as they are written; nothing is loaded.
    """
    page = _Page()
    page.feed(text)
    page.close()
    page.finish()
    return page.rows, [(*place, last) for place, last in page.merged.items()]


def is_page(data: bytes) -> bool:
    """Whether bytes begin as a web page does, whatever the name of their file."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") and any(
        mark in head for mark in (b"<html", b"<!doctype html", b"<table")
    )


@dataclass
class _Table:
    """A table that is open: its row and cell, and how far down merged cells still reach.

    `begun_in` says of the cells that reach down in which row of the page they began.
    `is_layout` once another table stands inside its row.
    """

    row: Row | None = None
    text: list[str] | None = None
    column: int = 0
    reach: dict[int, int] = field(default_factory=dict)
    begun_in: dict[int, int | None] = field(default_factory=dict)
    is_layout: bool = False

    def begun(self) -> Row:
        """A new row, empty."""
        self.row, self.column, self.is_layout = [], 0, False
        return self.row


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self.merged: dict[tuple[int, int], int] = {}
        self._line: list[str] = []
        self._tables: list[_Table] = []
        self._silent: list[str] = []
        self._is_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        if self._silent:
            return
        match tag:
            case "table":
                self._begin_table()
            case "tr":
                self._end_row()
                self._begin_row()
            case "td" | "th":
                self._begin_cell(dict(attrs))
            case "br":  # a heading over two lines is one heading
                self._text().append("" if self._is_heading else "\n")
            case _ if tag in _BREAKS:
                self._break()
                self._is_heading = tag in _HEADINGS

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
            return
        match tag:
            case "table" if self._tables:
                self._end_row()
                self._tables.pop()
            case "tr":
                self._end_row()
            case "td" | "th":
                self._end_cell()
            case _ if tag in _BREAKS:
                self._is_heading = False
                self._break()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._text().append(_SPACE.sub(" ", data))

    def finish(self) -> None:
        """End what the page left open."""
        while self._tables:
            self._end_row()
            self._tables.pop()
        self._end_line()

    def _text(self) -> list[str]:
        cell = self._tables[-1].text if self._tables else None
        return self._line if cell is None else cell

    def _break(self) -> None:
        if self._text() is self._line:
            self._end_line()
        else:
            self._text().append("\n")

    def _end_line(self) -> None:
        self._add_lines(self._line)

    def _add_lines(self, text: list[str]) -> None:
        """The text so far as lines; a line break inside a paragraph separates two."""
        lines = "".join(text).split("\n")
        self.rows += [[printed] for line in lines if (printed := _printed(line))]
        text.clear()

    def _begin_table(self) -> None:
        if self._tables:
            self._tables[-1].is_layout = True
        self._add_lines(self._text())
        self._is_heading = False
        self._tables.append(_Table())

    def _begin_row(self) -> None:
        if self._tables:
            self._tables[-1].begun()

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        if not self._tables:
            return
        self._end_cell()
        table = self._tables[-1]
        row = table.begun() if table.row is None else table.row
        while table.reach.get(table.column, 0) > 0:
            table.column += 1
        columns = min(max(_number(attributes.get("colspan"), 1), 1), _MOST_COLUMNS)
        rows = _number(attributes.get("rowspan"), 1)
        if table.column + columns > _MOST_COLUMNS:
            return
        row.extend([None] * (table.column + columns - len(row)))
        for column in range(table.column, table.column + columns):
            # This row counts itself off when it ends; 0 means to the end of the table.
            table.reach[column] = rows if rows > 0 else 1 << 20
            table.begun_in.pop(column, None)
        table.begun_in[table.column] = None  # until it is known that the row is one of the page
        table.text = []

    def _end_cell(self) -> None:
        table = self._tables[-1] if self._tables else _Table()
        if table.row is not None and table.text is not None:
            table.row[table.column] = _printed("".join(table.text))
            table.text = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self._tables[-1] if self._tables else _Table()
        row = table.row
        if row is None:
            return
        if table.is_layout:
            self._add_lines(["\n".join(text for text in row if text)])
        elif any(text is not None for text in row):
            self.rows.append(row)
            self._reach_down(table)
        table.row = None
        table.reach = {column: left - 1 for column, left in table.reach.items() if left > 1}

    def _reach_down(self, table: _Table) -> None:
        """Note which cells the last row of the page begins, and which reach it from above."""
        number = len(self.rows) - 1
        for column, first in table.begun_in.items():
            if first is None:
                table.begun_in[column] = number
            elif table.reach.get(column, 0) > 0:
                self.merged[first, column] = number


def _number(text: str | None, otherwise: int) -> int:
    """The number at the beginning of an attribute."""
    match = re.match(r"\s*(\d{1,6})", text or "")
    return int(match[1]) if match else otherwise


def _printed(text: str) -> str | None:
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or None
