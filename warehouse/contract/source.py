"""The interface of a source: what its reader gets and what it gives back."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from warehouse.contract.editions import FileDeclaration


@dataclass(frozen=True)
class SourceFile:
    """What a reader gets: the content, the name it had, and what is declared about it.

    The content is bytes, or the path of a file that has them: `data` reads all of it when it is
    asked for, `open` is for a file that may be larger than memory. `descriptions` are the files
    beside it that say what its fields are (`LandedFile.describes`).
    """

    name: str
    content: bytes | Path
    declaration: FileDeclaration = field(default_factory=FileDeclaration)
    descriptions: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def data(self) -> bytes:
        """All bytes."""
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content

    def open(self) -> BinaryIO:
        """The bytes from the first on."""
        if isinstance(self.content, Path):
            return self.content.open("rb")
        return io.BytesIO(self.content)


@dataclass(frozen=True)
class Reading:
    """What a reader gives back: cells (columns of `contract.cells.SCHEMA`, those it knows).

    `rows` are rows of trade statistics (columns of `contract.trade_rows.SCHEMA`), which rest apart
    from the cells. Of a large file `more` has the readings of what follows, piece by piece: each
    may be written and forgotten before the next is asked for, and says how many bytes of the file
    have been read by then (`bytes_read`).

    A source that holds matrices gives rows of a schema of its own instead.

    `remarks` are sentences about what was left out; they are kept as the file's reason.
    """

    cells: pa.Table
    remarks: tuple[str, ...] = ()
    rows: pa.Table | None = None
    more: Iterable["Reading"] = ()
    bytes_read: int = 0
