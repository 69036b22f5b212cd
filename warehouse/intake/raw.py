"""From snapshots to raw cells: which files are read, and what became of every landed name."""

import hashlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from warehouse.contract.editions import FileDeclaration
from warehouse.contract.errors import Rejected
from warehouse.contract.files import (
    Damaged,
    has_sha256,
    read_sealed,
    remove,
    sha256_of,
    write_sealed,
)
from warehouse.contract.home import Home
from warehouse.formats.bounds import OutsideLimit
from warehouse.intake import reading, snapshots
from warehouse.intake.landing import LandedFile
from warehouse.intake.reading import Snapshot, trace_path, write_cells, write_parquet
from warehouse.intake.snapshots import Verdict
from warehouse.sources import sources
from warehouse.sources.icio import economies

FILES_SCHEMA = pa.schema(
    [
        ("source_id", pa.string()),
        ("edition", pa.string()),
        ("file_name", pa.string()),
        ("snapshot_sha256", pa.string()),
        ("role", pa.string()),
        ("reason", pa.string()),
        ("published_on", pa.date32()),
        ("bytes", pa.int64()),
        ("publisher", pa.string()),
        ("redistributable", pa.bool_()),
        ("synthetic", pa.bool_()),
        ("acceptance", pa.string()),
    ]
)
# Facts of an edition, not of the bytes: the names of one snapshot may differ in them.
_NOT_MERGED = {"published_on", "publisher", "redistributable"}
# Beside its own folder, what decides how a source is read: modules, and the packages they import
_SHARED_BY_READERS = ("contract", "formats", "sources")
PACKAGES_OF_READERS = (
    *("msoffcrypto-tool", "numpy", "olefile", "pandas", "pyarrow", "pydantic"),
    *("python-calamine", "PyYAML"),
)


@dataclass(frozen=True)
class EditionReading:
    """One edition of a source: its files by role, its cells, and the files read just now."""

    source_id: str
    edition: str
    taken: int
    copied: int
    rejected: int
    rows: int
    read: int
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How far reading a large file is: rows written and bytes read, of how many, in how long."""

    name: str
    rows: int
    bytes_read: int
    bytes: int
    seconds: float

    @property
    def seconds_left(self) -> float:
        """At the rate so far."""
        return self.seconds * (self.bytes / max(self.bytes_read, 1) - 1)


@dataclass(frozen=True)
class _Outcome:
    """How reading a snapshot went; kept as `<sha256>.json` beside its cells.

    `cells_sha256` is the hash of the file of cells, `rows_sha256` that of the rows of trade
    statistics; None if there is none.
    """

    key: str
    role: str
    reason: str | None
    rows: int
    seconds: float
    cells_sha256: str | None
    rows_sha256: str | None


def read(
    home: Home,
    source_ids: Collection[str] | None = None,
    editions: Collection[str] | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> list[EditionReading]:
    """Read what is new or changed into `raw/`, and write `raw/files.parquet`.

    `source_ids` and `editions` (folder names) narrow what is read and reported; a file left out
    stays as it was read the last time, or is not in `files.parquet` yet if it never was. A file
    whose bytes, declaration and reader are unchanged is not read again; cells that are no longer
    in force are removed. A file that cannot be taken is recorded with its reason and stops no
    other. `tell` is told how far reading a large file is.
    """

    def is_asked_for(file: LandedFile) -> bool:
        return (source_ids is None or file.source_id in source_ids) and (
            editions is None or file.edition in editions
        )

    files = snapshots.known(home)
    withdrawn = snapshots.verdicts(home, Verdict.withdrawn)
    left = [file for file in files if _bytes_of(file) not in withdrawn]
    held = _snapshots(file for file in left if file.problem is None)
    _remove_stale(home, held)
    rows = [_row(file, "rejected", file.problem) for file in left if file.problem]
    rows += [
        _row(file, "withdrawn", f"withdrawn: {withdrawn[_bytes_of(file)]}")
        for file in files
        if _bytes_of(file) in withdrawn
    ]
    cells_of: Counter[tuple[str, str]] = Counter()
    seconds_of: dict[tuple[str, str], list[float]] = defaultdict(list)
    for snapshot in held:
        edition = (snapshot.file.source_id, snapshot.file.edition)
        outcome = _kept_outcome(home, snapshot)
        if is_asked_for(snapshot.file) and not _is_in_force(home, snapshot, outcome):
            outcome = _read_now(home, snapshot, tell)
            seconds_of[edition].append(outcome.seconds)
        if outcome is not None:
            cells_of[edition] += outcome.rows
            rows += _rows(snapshot, outcome)
    accepted = snapshots.verdicts(home, Verdict.accepted)
    for row in rows:
        row["acceptance"] = accepted.get((row["source_id"], row["snapshot_sha256"]))
    _write_files(home, sorted(rows, key=_name))
    roles = Counter((row["source_id"], row["edition"], row["role"]) for row in rows)
    return [
        EditionReading(
            *edition,
            taken=roles[*edition, "taken"],
            copied=roles[*edition, "copy"],
            rejected=roles[*edition, "rejected"],
            rows=cells_of[edition],
            read=len(seconds_of[edition]),
            seconds=sum(seconds_of[edition]),
        )
        for edition in sorted(
            {(file.source_id, file.edition) for file in files if is_asked_for(file)}
        )
    ]


def files_path(home: Home) -> Path:
    """The table of all landed names that `read` writes (columns: FILES_SCHEMA)."""
    return home.raw / "files.parquet"


def rejected(home: Home) -> set[str]:
    """The names of the files that were turned down the last time."""
    return {"/".join(_name(row)) for row in _files_before(home) if row["role"] == "rejected"}


def parquet_files(
    home: Home, source_id: str | None = None, as_of: date | None = None
) -> list[Path]:
    """The raw files of a source, or of all, in force, in the order of source, edition and name.

    With `as_of`, only those of files published by then.
    """
    return [
        home.raw / row["source_id"] / row["edition"] / f"{row['snapshot_sha256']}.parquet"
        for row in _files(home)
        if source_id in (None, row["source_id"])
        and row["role"] == "taken"
        and (as_of is None or row["published_on"] <= as_of)
    ]


def trade_row_files(
    home: Home, as_of: date | None = None, source_id: str | None = None
) -> list[Path]:
    """The files of rows of trade statistics beside those of `parquet_files`."""
    beside = map(reading.rows_path, parquet_files(home, source_id, as_of))
    return [path for path in beside if path.exists()]


def snapshots_with_rows(home: Home) -> list[dict[str, str]]:
    """Source and snapshot of each of `trade_row_files`, and the hash of its rows."""
    return [
        {
            "source_id": path.relative_to(home.raw).parts[0],
            "snapshot_sha256": (snapshot := reading.snapshot_of_rows(path)),
            "rows_sha256": read_sealed(path.parents[1] / f"{snapshot}.json")["rows_sha256"],
        }
        for path in trade_row_files(home)
    ]


def sheets_with_rows(home: Home, as_of: date | None = None) -> list[dict[str, object]]:
    """What holds for all rows of a sheet, of each sheet of `trade_row_files`, and the file."""
    return [
        sheet | {"rows_file": str(path)}
        for path in trade_row_files(home, as_of)
        for sheet in reading.sheets_of_rows(path)
    ]


def _snapshots(files: Iterable[LandedFile]) -> list[Snapshot]:
    """One entry a set of bytes: read under its earliest edition, there under a declared name."""
    files = list(files)
    texts = [file for file in files if file.file_name.lower().endswith(".txt")]
    names: dict[tuple[str, str | None], list[LandedFile]] = defaultdict(list)
    for file in sorted(files, key=lambda file: (file.edition, not file.is_declared, file.name)):
        names[file.source_id, file.snapshot_sha256].append(file)
    return [
        Snapshot(
            first,
            tuple(rest),
            *_merged([first, *rest]),
            tuple(text for text in texts if text.describes(first)),
        )
        for first, *rest in names.values()
    ]


def _merged(names: list[LandedFile]) -> tuple[FileDeclaration, str | None]:
    """The declarations of all names of a snapshot as one, and why they cannot be one."""
    merged: dict = {}
    said_by: dict = {}
    for file in names:
        said = file.declaration.model_dump(exclude_none=True, exclude=_NOT_MERGED)
        columns = said.pop("columns", {})
        said |= {("columns", name): column for name, column in columns.items()}
        for key, value in said.items():
            if merged.setdefault(key, value) != value:
                key_text = key if isinstance(key, str) else ": ".join(key)
                return file.declaration, (
                    f"{said_by[key].name} and {file.name} have the same bytes, but _edition.yml "
                    f"declares `{key_text}` as {merged[key]} for one and {value} for the other: "
                    "make them agree"
                )
            said_by.setdefault(key, file)
    columns = {key[1]: value for key, value in merged.items() if isinstance(key, tuple)}
    plain = {key: value for key, value in merged.items() if isinstance(key, str)}
    try:
        return FileDeclaration(**plain, columns=columns or None), None
    except ValidationError as error:
        together = " and ".join(file.name for file in names)
        said = error.errors()[0]["ctx"]["error"]  # each of them was valid by itself
        return names[0].declaration, f"{together} have the same bytes: {said}"


def _kept_outcome(home: Home, snapshot: Snapshot) -> _Outcome | None:
    """How reading went the last time, perhaps by an older reader; None if it is not known."""
    try:
        outcome = _Outcome(**read_sealed(_path(home, snapshot, ".json")))
    except (Damaged, TypeError):
        return None  # never read, or no whole record: what raw holds can be made again
    cells = _path(home, snapshot, ".parquet")
    rows_are_there = outcome.rows_sha256 is None or reading.rows_path(cells).exists()
    is_complete = outcome.role == "rejected" or (cells.exists() and rows_are_there)
    return outcome if is_complete else None


def _is_in_force(home: Home, snapshot: Snapshot, outcome: _Outcome | None) -> bool:
    """Whether a snapshot was read as it would be now, and its cells are what was written then."""
    if outcome is None or outcome.key != _key(snapshot):
        return False
    if outcome.role == "rejected":
        return True
    cells = _path(home, snapshot, ".parquet")
    rows = reading.rows_path(cells)
    return has_sha256(cells, outcome.cells_sha256) and (
        outcome.rows_sha256 is None or has_sha256(rows, outcome.rows_sha256)
    )


def _read_now(home: Home, snapshot: Snapshot, tell: Callable[[Progress], None]) -> _Outcome:
    started, target = time.perf_counter(), _path(home, snapshot, ".parquet")
    rows_target = reading.rows_path(target)
    reason: str | None
    for stale in (target, rows_target.parent, trace_path(target)):
        remove(stale)

    def hear(said: tuple[int, int]) -> None:
        seconds = time.perf_counter() - started
        tell(Progress(snapshot.file.name, *said, snapshot.file.bytes or 0, seconds))

    try:
        rows, remarks = write_cells(snapshot, target, hear)
        role, reason = "taken", "; ".join(remarks) or None
    except OutsideLimit as limit:
        raise OutsideLimit(f"{snapshot.file.name} {limit}") from None
    except Rejected as refusal:
        remove(rows_target.parent)  # of a child that was stopped
        role, reason, rows = "rejected", str(refusal), 0
    hashes = [
        sha256_of(path) if role == "taken" and path.exists() else None
        for path in (target, rows_target)
    ]
    seconds = time.perf_counter() - started
    outcome = _Outcome(_key(snapshot), role, reason, rows, seconds, *hashes)
    write_sealed(_path(home, snapshot, ".json"), asdict(outcome))
    return outcome


def _rows(snapshot: Snapshot, outcome: _Outcome) -> list[dict]:
    """The rows of `files.parquet` for all names of a snapshot."""
    copies_role, copies_reason = "copy", f"same bytes as {snapshot.file.name}"
    if snapshot.conflict:
        copies_role, copies_reason = "rejected", snapshot.conflict
    return [
        _row(snapshot.file, outcome.role, outcome.reason),
        *(_row(file, copies_role, copies_reason) for file in snapshot.copies),
    ]


def _row(file: LandedFile, role: str, reason: str | None) -> dict:
    reasons = "; ".join(filter(None, [reason, file.remark])) or None
    facts = {name: getattr(file, name, None) for name in FILES_SCHEMA.names}
    return facts | {"role": role, "reason": reasons}


def _files(home: Home) -> list[dict]:
    """The rows of `files.parquet` in the order of source, edition and name."""
    # Not pq.read_table: it loads pandas, which takes longer than a run without news.
    return pq.ParquetFile(files_path(home)).read().to_pylist()


def _files_before(home: Home) -> list[dict]:
    """The rows of `files.parquet` as they were the last time; none if it is damaged."""
    try:
        return _files(home)
    except (OSError, pa.ArrowInvalid):
        return []


def _write_files(home: Home, rows: list[dict]) -> None:
    """Write `files.parquet`, but leave it alone if it already says so."""
    if not rows or _files_before(home) != rows:
        write_parquet(pa.Table.from_pylist(rows, FILES_SCHEMA), files_path(home))


def _bytes_of(file: LandedFile) -> tuple[str, str | None]:
    """What a verdict is about."""
    return file.source_id, file.snapshot_sha256


def _name(row: dict) -> tuple[str, str, str]:
    return row["source_id"], row["edition"], row["file_name"]


def _key(snapshot: Snapshot) -> str:
    """Changes with everything but the bytes that the raw cells depend on."""
    facts = [
        snapshot.file.file_name,
        str(snapshot.file.published_on),
        snapshot.declaration.model_dump_json(),
        snapshot.conflict,
        [(file.file_name, file.snapshot_sha256) for file in snapshot.descriptions],
        _reader_version(snapshot.file.source_id),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _path(home: Home, snapshot: Snapshot, suffix: str) -> Path:
    file = snapshot.file
    return home.raw / file.source_id / file.edition / f"{file.snapshot_sha256}{suffix}"


def _remove_stale(home: Home, held: Iterable[Snapshot]) -> None:
    """Remove the cells of snapshots that no name leads to any more, and drafts of killed runs."""
    suffixes = (".parquet", ".json", ".txt")
    in_force = {_path(home, snapshot, suffix) for snapshot in held for suffix in suffixes}
    in_force |= {reading.rows_path(path).parent for path in in_force if path.suffix == ".parquet"}
    for path in home.raw.glob("*/*/*"):
        if path not in in_force:
            remove(path)


@cache
def _reader_version(source_id: str) -> str:
    """The hash of the code, and of its packages' versions, that turns bytes into cells."""
    code = b"".join(path.read_bytes() for path in files_of_reader(source_id))
    return hashlib.sha256(code + _versions_of_packages().encode()).hexdigest()


@cache
def _versions_of_packages() -> str:
    return " ".join(version(package) for package in PACKAGES_OF_READERS)


def files_of_reader(source_id: str) -> list[Path]:
    """The modules, this one among them, and tables that decide which cells a file of a source has.

    Which economies there are is in seeds that only readers of matrices look into.
    """
    shared = [Path(__file__).parents[1] / name for name in _SHARED_BY_READERS]
    modules = [path for folder in shared for path in sorted(folder.glob("*.py"))]
    source = sources()[source_id]
    own = [path for kind in ("*.py", "*.csv") for path in sorted(source.folder.rglob(kind))]
    own += economies.SEEDS if source.holds_matrices else ()
    is_about_fetching = {"fetcher.py", "fetching.py"}
    intake = [Path(__file__), Path(reading.__file__)]
    return [path for path in [*intake, *modules, *own] if path.name not in is_about_fetching]
