"""The texts of an old workbook (.xls) that have a part in superscript (MS-XLS, 2.4.265, 2.5.293).

They stand in one record and its continuations; where such a piece ends within a text, the next one
begins with a byte that says how wide its characters are.
"""

import struct
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from warehouse.formats.number_formats import raised

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08


def superscripted(pieces: Sequence[bytes], fonts: Collection[int]) -> Iterator[tuple[int, str]]:
    """Number and text of those with a part in one of the `fonts`, its digits raised.

    Raises struct.error or IndexError if the pieces do not hold what they say.
    """
    reader = _Pieces(pieces)
    _, count = reader.numbers("<2I")
    for number in range(count):
        length, flags = reader.numbers("<HB")
        [runs] = reader.numbers("<H") if flags & _RICH else [0]
        [extra] = reader.numbers("<I") if flags & _EXTENDED else [0]
        text = reader.text(length, bool(flags & _WIDE))
        parts = [reader.numbers("<2H") for _ in range(runs)]
        reader.take(extra)
        if any(font in fonts for _, font in parts):
            yield number, _with_superscripts(text, parts, fonts)


def _with_superscripts(text: str, parts: Sequence[tuple[int, ...]], fonts: Collection[int]) -> str:
    """A text whose parts begin at some characters, each in its font."""
    said = text[: parts[0][0]]
    for (start, font), (end, _) in pairwise([*parts, (len(text), 0)]):
        said += raised(text[start:end]) if font in fonts else text[start:end]
    return said


class _Pieces:
    """Bytes that are parted into pieces, read from the first on."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = list(reversed(pieces))
        self.piece = self.pieces.pop()
        self.place = 0

    def take(self, count: int) -> bytes:
        """The next ones, of several pieces if need be."""
        found = b""
        while count > len(found):
            self.go_on()
            taken = self.piece[self.place : self.place + count - len(found)]
            self.place += len(taken)
            found += taken
        return found

    def numbers(self, form: str) -> tuple[int, ...]:
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def text(self, length: int, is_wide: bool) -> str:
        """So many characters, however wide they are in each piece."""
        text = ""
        while len(text) < length:
            if self.go_on():
                is_wide = bool(self.take(1)[0] & _WIDE)
            width = 1 + is_wide
            here = min(length - len(text), (len(self.piece) - self.place) // width)
            text += self.take(here * width).decode("utf-16-le" if is_wide else "latin-1")
        return text

    def go_on(self) -> bool:
        """Turn to the next piece if this one is at its end, and say so."""
        is_at_end = self.place >= len(self.piece)
        if is_at_end:
            self.piece, self.place = self.pieces.pop(), 0
        return is_at_end
