"""What a refresh leaves in a home beside its release, and whether it is still what was left.

The hash of every file in `raw/`, `value_chains/`, `by_snapshot/` and `results/` and of the build
file stands in `build/remains.json`, with the release beside which they were left. Whatever is not
that any more can be made again from what lies before it.
"""

import os
from pathlib import Path

from warehouse.contract import files
from warehouse.contract.home import Home
from warehouse.store import build
from warehouse.store.releases import CURRENT


def write_down(home: Home) -> None:
    """Write the hash of everything that a refresh has left."""
    folders = (home.raw, home.value_chains, home.by_snapshot, home.results)
    left = [build.path(home), *(path for folder in folders for path in files.below(folder))]
    hashes = {path.relative_to(home.root).as_posix(): files.sha256_of(path) for path in left}
    files.write_sealed(_path(home), {"sha256": hashes, "release": _release(home)})


def damaged(home: Home) -> list[Path]:
    """What is not as the last refresh left it; the list itself where that is not to be read.

    So it is where all is that of another release than the current one.
    """
    try:
        kept = files.read_sealed(_path(home))
        hashes = kept["sha256"] if kept["release"] == _release(home) else None
    except (files.Damaged, KeyError):
        hashes = None
    if hashes is None:
        return [_path(home)]
    left = {home.root / name: sha256 for name, sha256 in hashes.items()}
    return [path for path, sha256 in left.items() if not files.has_sha256(path, sha256)]


def none_yet(home: Home) -> bool:
    """Whether nothing was left, as in a home that was restored."""
    return not any(map(os.path.lexists, (_path(home), build.path(home))))


def _release(home: Home) -> str:
    return (home.releases / CURRENT).resolve().name


def _path(home: Home) -> Path:
    return home.build / "remains.json"
