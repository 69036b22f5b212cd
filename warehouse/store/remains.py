"""What a refresh leaves in a home beside its release, and whether it is still what was left.

The hash of every file in `raw/`, `value_chains/`, `by_snapshot/` and `results/` and of the build
file stands in `build/remains.json`, written when the release is made. Whatever is not that any more
can be made again from what lies before it.
"""

from pathlib import Path

from warehouse.contract import files
from warehouse.contract.home import Home
from warehouse.store import build


def write_down(home: Home) -> None:
    """Write the hash of everything that a refresh has left."""
    folders = (home.raw, home.value_chains, home.by_snapshot, home.results)
    left = [build.path(home), *(path for folder in folders for path in files.below(folder))]
    hashes = {path.relative_to(home.root).as_posix(): files.sha256_of(path) for path in left}
    files.write_sealed(_path(home), {"sha256": hashes})


def damaged(home: Home) -> list[Path]:
    """What is not as the last refresh left it; the list itself where that is not to be read."""
    try:
        hashes = files.read_sealed(_path(home))["sha256"]
    except (files.Damaged, KeyError):
        return [_path(home)]
    left = {home.root / name: sha256 for name, sha256 in hashes.items()}
    return [path for path, sha256 in left.items() if not files.has_sha256(path, sha256)]


def _path(home: Home) -> Path:
    return home.build / "remains.json"
