"""What a number of an old workbook (.xls) shows beyond the value that is read of it.

Its records (MS-XLS, 2.3 and 2.4) name the number format of each cell; the reader of workbooks tells
percentages from numbers no more than numbers in ten thousands.
"""

import io
import struct
from collections.abc import Iterator

import olefile

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
_SHEET, _DATE_MODE, _FORMAT, _STYLE = 0x0085, 0x0022, 0x041E, 0x00E0
_NUMBER, _RK, _SEVERAL_RK, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_WORKSHEET = 0
_NO_NUMBER = b"\xff\xff"  # at the end of what a formula gives that is none
Places = dict[tuple[int, int], str]


def shown_otherwise(data: bytes) -> list[Places]:
    """Of each worksheet by row and column from 0: the text of numbers that show more.

    "12.3%", so many thousands, the year of a day. Raises OSError, struct.error or ValueError if the
    records do not fit together.
    """
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = next((name for name in _STREAMS if container.exists(name)), None)
        stream = container.openstream(name).read() if name else b""
    formats = dict(BUILT_IN)
    styles: list[str] = []
    sheets: list[int] = []
    day_0, version = DAY_0, _UNICODE
    for kind, record in _records(stream, 0):
        if kind == _BEGIN:
            [version] = struct.unpack_from("<H", record)
        elif kind == _DATE_MODE and any(record):
            day_0 = DAY_0_OF_1904
        elif kind == _FORMAT:
            formats[_number_of(record)] = _code(record, version)
        elif kind == _STYLE:
            styles.append(_number_of(record[2:]))
        elif kind == _SHEET and record[5] == _WORKSHEET:
            sheets.append(struct.unpack_from("<I", record)[0])
    shown = [shown_by(formats.get(style, ""), day_0) for style in styles]
    return [dict(_cells(stream, start, shown)) for start in sheets] if any(shown) else []


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The kind and the content of each record up to the end of the part that begins there."""
    while start < len(stream):
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
    stream: bytes, start: int, shown: list[Shown | None]
) -> Iterator[tuple[tuple[int, int], str]]:
    for row, column, style, number in _numbers(stream, start):
        text = of_style(number) if (of_style := shown[style]) else None
        if text is not None:
            yield (row, column), text


def _numbers(stream: bytes, start: int) -> Iterator[tuple[int, int, int, float]]:
    """Row, column, style and value of every number of a sheet."""
    for kind, record in _records(stream, start):
        if kind not in (_NUMBER, _RK, _SEVERAL_RK, _FORMULA):
            continue
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
