"""The interface of a source: what its reader gets and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from warehouse.contract.editions import FileDeclaration


@dataclass(frozen=True)
class SourceFile:
    """What a reader gets: the bytes, the name they had, and what is declared about them.

    `descriptions` are the files beside it that say what its fields are (`LandedFile.describes`).
    """

    name: str
    data: bytes
    declaration: FileDeclaration = field(default_factory=FileDeclaration)
    descriptions: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a reader gives back: cells (columns of `contract.cells.SCHEMA`, those it knows).

    A source that holds matrices gives rows of a schema of its own instead.

    `remarks` are sentences about what was left out; they are kept as the file's reason.
    """

    cells: pa.Table
    remarks: tuple[str, ...] = ()
