"""One snapshot read: its bytes become raw cells in a Parquet file, or it is refused.

A small file is read in this process, whose time and memory it cannot exhaust: what can grow out of
few bytes, a workbook or a web page, is parsed in a child (`warehouse.formats.parser`). Any other
file is read as a whole in a child of its own (`warehouse.intake.bounded_reader`).
"""

import hashlib
import os
import pickle
import re
import traceback
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import warehouse.sources
from warehouse.contract import cells
from warehouse.contract.editions import FileDeclaration
from warehouse.contract.errors import Rejected, WarehouseError
from warehouse.contract.files import replace, write_atomically
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats import bounds
from warehouse.intake.landing import LandedFile
from warehouse.sources import sources

# Bytes; a reader takes up to 250 times as much memory, and seconds for a megabyte
_SMALL = 512 << 10
_BOUNDED_READER = "warehouse.intake.bounded_reader"
_EXCEPTION = re.compile(r"^[\w.]+: ")


@dataclass(frozen=True)
class Snapshot:
    """One set of bytes of one source: the name it is read under, its other names, one declaration.

    `conflict` says why the declarations of its names do not go together. `descriptions` lie beside
    it and say what its fields are.
    """

    file: LandedFile
    copies: tuple[LandedFile, ...]
    declaration: FileDeclaration
    conflict: str | None
    descriptions: tuple[LandedFile, ...] = ()


def write_cells(snapshot: Snapshot, target: Path) -> tuple[int, tuple[str, ...]]:
    """Read a snapshot and write its cells; returns their number and the reader's remarks.

    Raises Rejected with what to do about the file.
    """
    if bounds.is_bounded() or (snapshot.file.bytes or 0) <= _SMALL:
        try:
            return _written(snapshot, target)
        except bounds.TooLarge:
            pass
    # The child finds the sources where this process does
    folders = map(str, warehouse.sources.__path__)
    rows, remarks = bounds.ask(_BOUNDED_READER, pickle.dumps((snapshot, target)), *folders)
    return rows, remarks


def write_parquet(table: pa.Table, path: Path) -> None:
    """Replace a Parquet file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    # A file of one row group is read as a whole: statistics would only take time, and so would
    # a dictionary of texts that hardly ever repeat.
    repeated = [name for name in table.column_names if name not in ("cell", "text")]
    pq.write_table(
        table,
        draft,
        compression="snappy",
        write_statistics=False,
        store_schema=False,
        use_dictionary=repeated,
    )
    replace(draft, path)


def trace_path(target: Path) -> Path:
    """Where the trace of a reader's fault is kept, beside the cells that are missing for it."""
    return target.with_suffix(".txt")


def _written(snapshot: Snapshot, target: Path) -> tuple[int, tuple[str, ...]]:
    if snapshot.conflict:
        raise Rejected(snapshot.conflict)
    data = _bytes(snapshot.file)
    descriptions = {text.file_name: _bytes(text) for text in snapshot.descriptions}
    file = SourceFile(snapshot.file.file_name, data, snapshot.declaration, descriptions)
    try:
        found, remarks = _cells(snapshot, file)
        write_parquet(found, target)
    except (WarehouseError, bounds.TooLarge, MemoryError):
        raise
    except Exception as fault:
        # One file never stops the others, and what went wrong with it is kept
        write_atomically(trace_path(target), traceback.format_exc())
        raise Rejected(_in_words(fault, snapshot.file, trace_path(target))) from fault
    return found.num_rows, remarks


def _cells(snapshot: Snapshot, source_file: SourceFile) -> tuple[pa.Table, tuple[str, ...]]:
    """The raw cells of a file and the reader's remarks. Raises Rejected."""
    file, declaration = snapshot.file, snapshot.declaration
    source = sources()[file.source_id]
    reading = source.read(source_file)
    if source.holds_matrices:
        return reading.cells, reading.remarks
    found = cells.complete(
        reading.cells,
        {
            "source_id": file.source_id,
            "edition": file.edition,
            "published_on": file.published_on,
            "snapshot_sha256": file.snapshot_sha256,
            "file_name": file.file_name,
            "series_vintage": declaration.series_vintage or file.edition,
            "obs_status": declaration.obs_status,
        },
    )
    _check_values(found, reading)
    return found, reading.remarks


def _check_values(found: pa.Table, reading: Reading) -> None:
    """Raise Rejected if a table has no value at all."""
    roles = set(pc.unique(found["role"]).to_pylist())
    if "value" not in roles and roles != {"note"}:
        nothing = "holds headings but not a single row of values: download it again"
        raise Rejected("; ".join([nothing, *reading.remarks]))


def _bytes(file: LandedFile) -> bytes:
    """The bytes of a snapshot. Raises WarehouseError if they are not those that were landed."""
    data = file.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != file.snapshot_sha256:
        raise WarehouseError(
            f"{file.path} no longer has the bytes of {file.name}: run `yearbook refresh` again"
        )
    return data


def _in_words(fault: Exception, file: LandedFile, trace: Path) -> str:
    if isinstance(fault, RecursionError):
        return "is nested too deeply to be a table: download it again"
    last = _EXCEPTION.sub("", (str(fault).splitlines() or [""])[-1])
    place = "/".join(trace.parts[-4:])
    return (
        f"cannot be read, for the reader of {file.source_id} has a fault ({last or 'unknown'}; the "
        f"full trace is in {place} of the home): report it, and meanwhile save the table in "
        "another form"
    )
