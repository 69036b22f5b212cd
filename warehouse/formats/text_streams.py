"""Text that may be larger than memory: its bytes in UTF-8, piece by piece, whatever they are in."""

import codecs
import io
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from warehouse.contract.errors import Rejected
from warehouse.formats.sheets import (
    BYTE_ORDER_MARKS,
    CHINESE_ENCODING,
    NO_TEXT,
    check_kind,
    is_mostly_utf8,
    misfit,
)

_PIECE = 1 << 20


def open_text_stream(
    reopened: Callable[[], BinaryIO], file_name: str, encoding: str = CHINESE_ENCODING
) -> "TextStream":
    """The text of a file as UTF-8 without a mark, which is `sheets.open_text` for any size.

    Raises Rejected with what to do about the file, here or where it is read.
    """
    with reopened() as stream:
        first = stream.read(_PIECE)
        check_kind(first, file_name)
        marks = [mark for mark in BYTE_ORDER_MARKS if first.startswith(mark)]
        if not marks:
            encoding = _encoding(first, stream, encoding)
    stream = reopened()
    for mark in marks:
        stream.read(len(mark))
        encoding = BYTE_ORDER_MARKS[mark]
    return TextStream(_Utf8(stream, encoding), _PIECE)


def _encoding(piece: bytes, stream: BinaryIO, other: str) -> str:
    """UTF-8 if all of a stream fits it, or most where it first does not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before = b""
    while True:
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError:
            return "utf-8" if is_mostly_utf8(before + piece) else other
        if not piece:
            return "utf-8"
        before, piece = piece, stream.read(_PIECE)


class Lines:
    """The lines of a text of any size, from the first one on each time they are asked for.

    They end as in the file. Raises Rejected as `open_text_stream` does.
    """

    def __init__(
        self, reopened: Callable[[], BinaryIO], file_name: str, encoding: str = CHINESE_ENCODING
    ) -> None:
        self._open = partial(open_text_stream, reopened, file_name, encoding)
        self._stream: TextStream | None = None

    def __call__(self) -> io.TextIOWrapper:
        self._stream = self._open()
        return io.TextIOWrapper(self._stream, "utf-8", newline="")

    @property
    def bytes_read(self) -> int:
        """How many bytes of the file the lines that were asked for last took so far."""
        return self._stream.bytes_read if self._stream else 0


class TextStream(io.BufferedReader):
    """Bytes in UTF-8, and how many bytes of the file they took so far."""

    @property
    def bytes_read(self) -> int:
        return self.raw.bytes_read  # type: ignore[attr-defined]


class _Utf8(io.RawIOBase):
    """A stream of any encoding as one of UTF-8, which refuses what does not fit."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream, self._encoding = stream, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready, self.bytes_read, self._lines_before = memoryview(b""), 0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            piece = self._stream.read(_PIECE)
            self._ready = memoryview(self._as_utf8(piece))
            if not piece:
                break
        taken, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _as_utf8(self, piece: bytes) -> bytes:
        before = self._decoder.getstate()[0]
        held = len(before)
        try:
            text = self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            at_end = not piece or error.end >= len(error.object) > held + len(piece)
            place = self.bytes_read - held + error.start + 1
            line = self._lines_before + error.object.count(b"\n", 0, error.start) + 1
            raise misfit(self._encoding, place, line, at_end) from None
        if "\0" in text:
            raise Rejected(NO_TEXT)
        self.bytes_read += len(piece)
        self._lines_before += piece.count(b"\n")
        if self._encoding != "utf-8":
            return text.encode()
        # The same without encoding it again, but for a character that the next piece ends
        return (before + piece).removesuffix(self._decoder.getstate()[0])
