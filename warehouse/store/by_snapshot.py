"""Tables of what depends on one file alone, kept by its snapshot and the version of the code.

dbt makes what is missing (the materialization `by_snapshot`), one Parquet file a table and
snapshot, in the folder of the version. A file counts from when it is sealed, with its hash: what a
killed run left, what is damaged and what nobody needs any more is removed, and made again.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import duckdb

from warehouse.contract import files
from warehouse.contract.home import Home
from warehouse.intake import judgement, raw

_PROJECT = judgement.SEEDS.parent
# Models that say so of themselves
_IS_KEPT = "materialized='by_snapshot'"
# What decides what they say: the models they are made of, and what these call
CODE = (
    *("models/staging/stg_trade_*.sql", "seeds/corrections.csv"),
    *("macros/codes.sql", "macros/trade_sums.sql", "macros/engines/*.sql"),
)


def begin(home: Home) -> Path:
    """The folder of the version of the code, with what in it can be relied on and no more."""
    folder = home.by_snapshot / _version(home)
    rows = _rows(home)
    for path in files.below(home.by_snapshot, ".parquet"):
        is_needed = path.parent.parent == folder and path.stem in rows
        if not is_needed or not _is_whole(path, rows[path.stem]):
            files.remove(path)
    for path in files.below(home.by_snapshot):
        if path.suffix != ".parquet" and not path.with_suffix(".parquet").exists():
            files.remove(path)
    for table in _tables():
        (folder / table).mkdir(parents=True, exist_ok=True)
    return folder


def seal(home: Home) -> None:
    """Write down the hash of what was made since `begin`."""
    rows = _rows(home)
    for path in files.below(home.by_snapshot, ".parquet"):
        if not _seal_of(path).exists():
            made = {"sha256": files.sha256_of(path), "rows": rows[path.stem]}
            files.write_sealed(_seal_of(path), made)


def _rows(home: Home) -> dict[str, list[str]]:
    """The hashes of the rows of each snapshot, in which what is declared of it stands."""
    found: dict[str, list[str]] = {}
    for file in raw.snapshots_with_rows(home):
        found.setdefault(file["snapshot_sha256"], []).append(file["rows_sha256"])
    return found


@cache
def _tables() -> list[str]:
    """The models that are kept."""
    models = sorted((_PROJECT / "models").rglob("*.sql"))
    return [path.stem for path in models if _IS_KEPT in path.read_text(encoding="utf-8")]


def _is_whole(path: Path, rows: list[str]) -> bool:
    """Whether a file is what was written, and was made of these rows."""
    try:
        made = files.read_sealed(_seal_of(path))
    except files.Damaged:
        return False
    return made.get("rows") == rows and files.has_sha256(path, made.get("sha256"))


def _seal_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _version(home: Home) -> str:
    """Changes with the SQL of the tables, the corrections that they heed, and the engine."""
    own = json.dumps(judgement.read(home)["corrections"], sort_keys=True)
    code = b"".join(path.read_bytes() for glob in CODE for path in sorted(_PROJECT.glob(glob)))
    content = code + own.encode() + duckdb.__version__.encode()
    return hashlib.sha256(content).hexdigest()[:16]
