"""What a cell of an old workbook (.xls) shows beyond the value that is read of it.

Its records (MS-XLS, 2.3 and 2.4) name the number format of a cell and the fonts of a text; the
reader of workbooks tells neither percentages nor footnote marks from other digits.
"""

import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import olefile

from warehouse.formats.biff_strings import superscripted
from warehouse.formats.number_formats import (
    BUILT_IN,
    DAY_0,
    DAY_0_OF_1904,
    Shown,
    shown_by,
)

_STREAMS = ("Workbook", "Book")
_UNICODE = 0x0600  # the version from which texts are Unicode
_BEGIN, _END = 0x0809, 0x000A
_SHEET, _DATE_MODE, _FORMAT, _STYLE, _FONT = 0x0085, 0x0022, 0x041E, 0x00E0, 0x0031
_STRINGS, _CONTINUED, _STRING = 0x00FC, 0x003C, 0x00FD
_NUMBER, _RK, _SEVERAL_RK, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_SUPERSCRIPT = 1
_IS_OF_STYLES = 4
_NO_FONT = 4  # the number that no font has
_WORKSHEET = 0
_NO_NUMBER = b"\xff\xff"  # at the end of what a formula gives that is none
Places = dict[tuple[int, int], str]


@dataclass
class _Book:
    """What the first part of a workbook says of all its sheets."""

    version: int = _UNICODE
    day_0: date = DAY_0
    formats: dict[str, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[str] = field(default_factory=list)
    fonts: list[bool] = field(default_factory=list)
    strings: list[bytes] = field(default_factory=list)
    sheets: list[int] = field(default_factory=list)

    def shown(self) -> list[Shown | None]:
        """What each style makes of a number."""
        return [shown_by(self.formats.get(style, ""), self.day_0) for style in self.styles]

    def marked(self) -> dict[int, str]:
        """The texts with a part in superscript, by their numbers."""
        raised = [number for number, is_raised in enumerate(self.fonts) if is_raised]
        fonts = {number + (number >= _NO_FONT) for number in raised}
        return dict(superscripted(self.strings, fonts)) if fonts and self.strings else {}


def shown_otherwise(data: bytes) -> list[Places]:
    """Of each worksheet by row and column from 0: the text of cells that show more than is read.

    "12.3%", so many thousands, the year of a day, "18549.19¹". Raises OSError, struct.error,
    IndexError or ValueError if the records do not fit together.
    """
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = next((name for name in _STREAMS if container.exists(name)), None)
        stream = container.openstream(name).read() if name else b""
    book = _book(stream)
    shown, marked = book.shown(), book.marked()
    if not (any(shown) or marked):
        return []
    return [dict(_cells(stream, start, shown, marked)) for start in book.sheets]


def _book(stream: bytes) -> _Book:
    book, last = _Book(), 0
    for kind, record in _records(stream, 0):
        if kind == _BEGIN:
            [book.version] = struct.unpack_from("<H", record)
        elif kind == _DATE_MODE and any(record):
            book.day_0 = DAY_0_OF_1904
        elif kind == _FORMAT:
            book.formats[_number_of(record)] = _code(record, book.version)
        elif kind == _STYLE:
            # Styles of styles, which every workbook has for percentages, are no cell's
            is_of_cells = not record[4] & _IS_OF_STYLES
            book.styles.append(_number_of(record[2:]) if is_of_cells else "")
        elif kind == _FONT:
            book.fonts.append(struct.unpack_from("<H", record, 8)[0] == _SUPERSCRIPT)
        elif kind == _STRINGS or (kind == _CONTINUED and last == _STRINGS):
            book.strings.append(record)
            kind = _STRINGS
        elif kind == _SHEET and record[5] == _WORKSHEET:
            book.sheets.append(struct.unpack_from("<I", record)[0])
        last = kind
    return book


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The kind and the content of each record up to the end of the part that begins there."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        if kind == _END:
            return
        start += 4 + length


def _number_of(record: bytes) -> str:
    return str(struct.unpack_from("<H", record)[0])


def _code(record: bytes, version: int) -> str:
    """The code of a number format."""
    if version < _UNICODE:
        return record[3:].decode("latin-1")
    is_wide = record[4] & 1
    return record[5:].decode("utf-16-le" if is_wide else "latin-1")


def _cells(
    stream: bytes, start: int, shown: Sequence[Shown | None], marked: Mapping[int, str]
) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, record in _records(stream, start):
        if kind == _STRING:
            row, column, _, number = struct.unpack_from("<3HI", record)
            if number in marked:
                yield (row, column), marked[number]
        elif kind in (_NUMBER, _RK, _SEVERAL_RK, _FORMULA):
            for row, column, style, value in _numbers(kind, record):
                text = of_style(value) if (of_style := shown[style]) else None
                if text is not None:
                    yield (row, column), text


def _numbers(kind: int, record: bytes) -> Iterator[tuple[int, int, int, float]]:
    """Row, column, style and value of each number of a record."""
    row, column, style = struct.unpack_from("<3H", record)
    if kind == _RK:
        yield row, column, style, _packed(record[6:10])
    elif kind == _SEVERAL_RK:
        for place in range(4, len(record) - 2, 6):
            [style] = struct.unpack_from("<H", record, place)
            yield row, column, style, _packed(record[place + 2 : place + 6])
            column += 1
    elif kind == _NUMBER or record[12:14] != _NO_NUMBER:
        yield row, column, style, struct.unpack_from("<d", record, 6)[0]


def _packed(four: bytes) -> float:
    """The number in four bytes: whole, or the first half of a double, perhaps a hundredfold."""
    [bits] = struct.unpack("<i", four)
    is_hundredfold, is_whole = bits & 1, bits & 2
    number = (
        bits >> 2 if is_whole else struct.unpack("<d", bytes(4) + struct.pack("<i", bits & ~3))[0]
    )
    return number / 100 if is_hundredfold else float(number)
