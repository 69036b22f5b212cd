"""One snapshot read: its bytes become raw cells in a Parquet file, or it is refused.

A small file is read in this process, whose time and memory it cannot exhaust: what can grow out of
few bytes, a workbook or a web page, is parsed in a child (`warehouse.formats.parser`). Any other
file is read as a whole in a child of its own (`warehouse.intake.bounded_reader`).
"""

import json
import os
import pickle
import re
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import warehouse.sources
from warehouse.contract import cells, trade_rows
from warehouse.contract.editions import FileDeclaration
from warehouse.contract.errors import Rejected, WarehouseError
from warehouse.contract.files import replace, sha256_of, write_atomically
from warehouse.contract.source import Reading, SourceFile
from warehouse.formats import bounds
from warehouse.intake.landing import LandedFile
from warehouse.sources import sources

# Bytes; a reader takes up to 250 times as much memory, and seconds for a megabyte
_SMALL = 512 << 10
_BOUNDED_READER = "warehouse.intake.bounded_reader"
_PARTITION = "snapshot_sha256="
_SHEETS = b"sheets"  # of a file of rows: what holds for all rows of each sheet
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


def write_cells(
    snapshot: Snapshot, target: Path, hear: Callable[[tuple[int, int]], None] = lambda said: None
) -> tuple[int, tuple[str, ...]]:
    """Read a snapshot and write its cells, and its rows of trade statistics beside them.

    Returns the number of both and the reader's remarks; of a large file `hear` is told the rows
    written and the bytes read so far. Raises Rejected with what to do about the file.
    """
    if bounds.is_bounded() or (snapshot.file.bytes or 0) <= _SMALL:
        try:
            return _written(snapshot, target)
        except bounds.TooLarge:
            pass
    # The child finds the sources where this process does
    folders = map(str, warehouse.sources.__path__)
    question = pickle.dumps((snapshot, target))
    seconds = bounds.seconds_for(snapshot.file.bytes or 0)
    rows, remarks = bounds.ask(_BOUNDED_READER, question, *folders, seconds=seconds, hear=hear)
    return rows, remarks


def rows_path(target: Path) -> Path:
    """Where the rows of trade statistics of a file rest, beside its cells.

    The folder is a partition by its snapshot, so that an engine opens only the files it needs.
    """
    return target.parent / f"{_PARTITION}{target.stem}" / "rows.parquet"


def snapshot_of_rows(path: Path) -> str:
    """The snapshot whose rows rest at a path."""
    return path.parent.name.removeprefix(_PARTITION)


def sheets_of_rows(path: Path) -> list[dict[str, object]]:
    """What holds for all rows of each sheet (`trade_rows.OF_SHEET`), as the file of rows says.

    Raises WarehouseError for a file by an older version, which did not say it.
    """
    said = pq.read_metadata(path).metadata.get(_SHEETS)
    if said is None:
        raise WarehouseError(
            f"{path} was written by an older version: yearbook refresh reads its file anew"
        )
    sheets = json.loads(said)
    return [each | {"published_on": date.fromisoformat(each["published_on"])} for each in sheets]


def write_parquet(table: pa.Table, path: Path) -> None:
    """Replace a Parquet file in one step."""
    with closing(_Growing(path, _cells_writer)) as file:
        file.write(table)
        file.put()


def trace_path(target: Path) -> Path:
    """Where the trace of a reader's fault is kept, beside the cells that are missing for it."""
    return target.with_suffix(".txt")


def _written(snapshot: Snapshot, target: Path) -> tuple[int, tuple[str, ...]]:
    if snapshot.conflict:
        raise Rejected(snapshot.conflict)
    content = _verified(snapshot.file)
    descriptions = {text.file_name: _verified(text).read_bytes() for text in snapshot.descriptions}
    file = SourceFile(snapshot.file.file_name, content, snapshot.declaration, descriptions)
    try:
        return _read_and_written(snapshot, file, target)
    except (WarehouseError, bounds.TooLarge, MemoryError):
        raise
    except Exception as fault:
        # One file never stops the others, and what went wrong with it is kept
        write_atomically(trace_path(target), traceback.format_exc())
        raise Rejected(_in_words(fault, snapshot.file, trace_path(target))) from fault


def _read_and_written(
    snapshot: Snapshot, source_file: SourceFile, target: Path
) -> tuple[int, tuple[str, ...]]:
    source = sources()[snapshot.file.source_id]
    reading = source.read(source_file)
    if source.holds_matrices:
        write_parquet(reading.cells, target)
        return reading.cells.num_rows, reading.remarks
    return _write_pieces(reading, _constants(snapshot), target)


def _constants(snapshot: Snapshot) -> dict[str, object]:
    """What holds for every cell and row of a file."""
    file, declaration = snapshot.file, snapshot.declaration
    return {
        "source_id": file.source_id,
        "edition": file.edition,
        "published_on": file.published_on,
        "snapshot_sha256": file.snapshot_sha256,
        "file_name": file.file_name,
        "series_vintage": declaration.series_vintage or file.edition,
        "obs_status": declaration.obs_status,
    }


def _write_pieces(
    reading: Reading, constants: Mapping[str, object], target: Path
) -> tuple[int, tuple[str, ...]]:
    """Write a reading and what follows it piece by piece, as they are read: cells, and rows.

    Returns the number of both and the remarks; without rows there is no file of them. Raises
    Rejected if there is no value at all.
    """
    remarks: list[str] = []
    roles: set[str] = set()
    with (
        closing(_Growing(rows_path(target), _rows_writer)) as rows,
        closing(_Growing(target, _cells_writer)) as others,
    ):
        for piece in chain([reading], reading.more):
            remarks += piece.remarks
            if piece.rows is not None and piece.rows.num_rows:
                _write_rows(trade_rows.complete(piece.rows, constants), rows)
            if piece is reading or piece.cells.num_rows:
                found = cells.complete(piece.cells, constants)
                roles |= set(pc.unique(found["role"]).to_pylist())
                _check_addresses(found)
                others.write(found)
            if piece.bytes_read:
                bounds.tell((rows.count or others.count, piece.bytes_read))
        _check_values(roles, rows.count, remarks)
        rows.put()
        others.put()
        return rows.count + others.count, tuple(remarks)


def _check_addresses(found: pa.Table) -> None:
    """Raise ValueError where a reader takes a value twice: its address leads to one number."""
    is_value = pc.is_in(found["role"], pa.array(["value", "undeclared"]))
    values = found.select(["sheet", "cell"]).filter(is_value)
    if pc.count_distinct(values["cell"]).as_py() == len(values):
        return  # as in most files, which have one sheet
    sheets = values["sheet"].cast(pa.string())
    addresses = pc.binary_join_element_wise(sheets, values["cell"], "!", null_handling="skip")
    if pc.count_distinct(addresses).as_py() < len(addresses):
        ((address, _),) = Counter(addresses.to_pylist()).most_common(1)
        raise ValueError(f"{address} is taken more than once")


def _write_rows(found: pa.Table, rows: "_Growing") -> None:
    """Write rows of one sheet, and what all of them have in common."""
    rows.write(found)
    sheet = trade_rows.of_sheet(found)
    sheets = {each["sheet_id"]: each for each in rows.said.get(_SHEETS, [])}
    rows.said[_SHEETS] = [*{**sheets, sheet["sheet_id"]: sheet}.values()]


@dataclass
class _Growing:
    """A Parquet file of a row group a table, which is in its place when it is whole.

    `said` is what it says of itself, as JSON.
    """

    path: Path
    opened: Callable[[Path, pa.Schema], pq.ParquetWriter]
    count: int = 0
    said: dict[bytes, list] = field(default_factory=dict)
    _writer: pq.ParquetWriter | None = None

    @property
    def _draft(self) -> Path:
        return self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")

    def write(self, table: pa.Table) -> None:
        """Add the rows of a table, whose columns are those of the first, as texts or encoded."""
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self.opened(self._draft, table.schema)
        is_alike = table.schema.equals(self._writer.schema)
        self._writer.write_table(table if is_alike else table.cast(self._writer.schema))
        self.count += table.num_rows

    def put(self) -> None:
        """Put what was written in its place in one step, whatever stands there."""
        if self._writer is None:
            return
        for name, said in self.said.items():
            text = json.dumps(said, default=str, ensure_ascii=False)
            self._writer.add_key_value_metadata({name: text})
        self._writer.close()
        replace(self._draft, self.path)

    def close(self) -> None:
        """Leave no draft."""
        try:
            if self._writer is not None:
                self._writer.close()
        finally:
            self._draft.unlink(missing_ok=True)


def _cells_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """All of it is read as a rule: statistics would only take time, and so would a dictionary of
    texts that hardly ever repeat.
    """
    return pq.ParquetWriter(
        path,
        schema,
        compression="snappy",
        write_statistics=False,
        store_schema=False,
        use_dictionary=[name for name in schema.names if name not in ("cell", "text")],
    )


def _rows_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A file with statistics of what an engine looks for."""
    return pq.ParquetWriter(
        path,
        schema,
        compression="snappy",
        store_schema=False,
        write_statistics=[*trade_rows.SOUGHT_BY],
        use_dictionary=[name for name in schema.names if name not in trade_rows.DISTINCT],
    )


def _check_values(roles: Collection[str], rows: int, remarks: Collection[str]) -> None:
    """Raise Rejected if a file has no value at all."""
    if not rows and "value" not in roles and roles != {"note"}:
        if not remarks:
            raise Rejected("holds headings but not a single row of values: download it again")
        raise Rejected("; ".join(["no row of values in it could be taken", *remarks]))


def _verified(file: LandedFile) -> Path:
    """Where a snapshot lies. Raises WarehouseError if its bytes are not those that were landed."""
    if sha256_of(file.path) != file.snapshot_sha256:
        raise WarehouseError(
            f"{file.path} no longer has the bytes of {file.name}: run `yearbook refresh` again"
        )
    return file.path


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
