"""Tables of what depends on one file alone, kept by its snapshot and the version of the code.

dbt makes what is missing (the materialization `by_snapshot`), one Parquet file a table and
snapshot, in the folder of the version. A file counts from when it is sealed, with its hash: what a
killed run left, what is damaged and what nobody needs any more is removed, and made again.
"""

import hashlib
import json
from pathlib import Path

import duckdb

from warehouse.contract import files
from warehouse.contract.home import Home
from warehouse.intake import judgement, raw

_TABLES = ("stg_trade_sums",)
# Beside the models themselves, what decides what they say: with which the version changes
_CODE = (
    *("models/staging/stg_trade_*.sql", "seeds/corrections.csv"),
    *("macros/cell_text.sql", "macros/materializations.sql"),
)


def begin(home: Home) -> Path:
    """The folder of the version of the code, with what in it can be relied on and no more."""
    folder = home.by_snapshot / _version(home)
    needed = {file["snapshot_sha256"] for file in raw.snapshots_with_rows(home)}
    for path in files.below(home.by_snapshot, ".parquet"):
        is_needed = path.parent.parent == folder and path.stem in needed
        if not is_needed or not _is_whole(path):
            files.remove(path)
    for path in files.below(home.by_snapshot):
        if path.suffix != ".parquet" and not path.with_suffix(".parquet").exists():
            files.remove(path)
    for table in _TABLES:
        (folder / table).mkdir(parents=True, exist_ok=True)
    return folder


def seal(home: Home) -> None:
    """Write down the hash of what was made since `begin`."""
    for path in files.below(home.by_snapshot, ".parquet"):
        if not _seal_of(path).exists():
            files.write_sealed(_seal_of(path), {"sha256": files.sha256_of(path)})


def _is_whole(path: Path) -> bool:
    try:
        return files.has_sha256(path, files.read_sealed(_seal_of(path)).get("sha256"))
    except files.Damaged:
        return False


def _seal_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _version(home: Home) -> str:
    """Changes with the SQL of the tables, the corrections that they heed, and the engine."""
    project = judgement.SEEDS.parent
    code = b"".join(path.read_bytes() for glob in _CODE for path in sorted(project.glob(glob)))
    own = json.dumps(judgement.read(home)["corrections"], sort_keys=True)
    content = code + own.encode() + duckdb.__version__.encode()
    return hashlib.sha256(content).hexdigest()[:16]
