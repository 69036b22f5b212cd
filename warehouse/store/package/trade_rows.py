"""The rows of trade statistics beside the database: the Parquet files that a home keeps, linked.

There may be a hundred million, so that a release has them once with the home, and every release
the same ones: a folder that is copied away takes them with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from warehouse.contract import files
from warehouse.contract.tables import Table
from warehouse.store.package.contents import ReleaseTable
from warehouse.store.release_tables import TRADE_ROWS, TYPES

# Below it as in the home: <source>/<edition>/snapshot_sha256=<sha256>/rows.parquet
PLACE = Path("parquet", *TRADE_ROWS.split("."))


def put(
    root: Path,
    found: Iterable[Path],
    folder: Path,
    have: Callable[[Path, Path], object] = files.link,
) -> None:
    """Have files below `root` in the folder of a release as well, linked or copied."""
    for file in found:
        place = folder / PLACE / file.relative_to(root)
        place.parent.mkdir(parents=True)
        have(file, place)


def tables(folder: Path, declared: Mapping[str, Table]) -> Iterator[ReleaseTable]:
    """The table of the rows that are in the folder of a release, if any are."""
    paths = [path.relative_to(folder) for path in files.below(folder / PLACE, ".parquet")]
    if paths:
        rows = {path.as_posix(): pq.read_metadata(folder / path).num_rows for path in paths}
        sources = {path.relative_to(PLACE).parts[0] for path in paths}
        types, about = TYPES[TRADE_ROWS], declared[TRADE_ROWS]
        yield ReleaseTable(TRADE_ROWS, about, types, rows, source_ids=tuple(sorted(sources)))
