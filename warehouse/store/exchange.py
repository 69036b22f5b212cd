"""The tables of the build file as folders of Parquet: what another engine reads and gives back.

A table `schema.name` is `<folder>/<schema>.db/<name>/*.parquet`, as in a warehouse of Spark.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from warehouse.contract import files
from warehouse.contract.home import Home
from warehouse.store import build

RAW = "raw"


def hand_over(home: Home, folder: Path, as_of: date | None = None) -> dict[str, Path]:
    """Lay out the raw tables of the build file; the folder of each by its address.

    What rests in the home as Parquet is linked and not copied. `as_of` as the build began with it.
    """
    views = build.views(home, as_of)
    tables = build.tables(home, RAW)
    folders = {address: _folder_of(folder, address) for address in tables}
    for place in folders.values():
        place.mkdir(parents=True)
    for address, view in views.items():
        for number, file in enumerate(view.files):
            files.link(file, folders[address] / f"{number}.parquet")
        if not view.files:
            pq.write_table(view.schema.empty_table(), folders[address] / "none.parquet")
    build.write_parquet(
        home,
        {address: folders[address] / "0.parquet" for address in tables if address not in views},
    )
    return folders


def take_back(home: Home, folder: Path, addresses: Iterable[str]) -> None:
    """Put tables that another engine made into the build file."""
    build.read_parquet(home, {address: _folder_of(folder, address) for address in addresses})


def schema_folder(folder: Path, schema: str) -> Path:
    """Where the tables of a schema lie."""
    return folder / f"{schema}.db"


def _folder_of(folder: Path, address: str) -> Path:
    schema, name = address.split(".")
    return schema_folder(folder, schema) / name
