"""Measures of value chains of every landed inter-country table, computed once a file and code."""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.assets.raw import MEASURES
from orchestration.keys import address, asset_key, group
from orchestration.resources import Warehouse
from orchestration.value_chains import named_table
from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store.build import VALUE_CHAINS

if TYPE_CHECKING:
    import pandas as pd

    from warehouse.sources.icio.matrix import Matrix

SOURCE = "icio"
_CODE = ("analytics/value_chains", "warehouse/sources/icio")
_KEYS = {
    "country": {},
    "industry": {"industry_code": "industry_code"},
    "partner": {"exporter_code": "area_code", "importer_code": "partner_code"},
    "origin": {"source_code": "area_code", "exporter_code": "partner_code"},
}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            MEASURES,
            deps=[asset_key(f"raw.{SOURCE}")],
            group_name=group(address(MEASURES)),
            kinds={"parquet"},
            description="What was measured in inter-country tables, one row a measure",
        )
    ]
)
def value_chain_measures(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Measure what is new; a file that was measured by the same code is not measured again."""
    started = time.monotonic()
    made = value_chain_files(warehouse.home)
    kept = list(warehouse.home.value_chains.glob("*"))
    rows = sum(pq.ParquetFile(path).metadata.num_rows for path in kept)
    counts = {"dagster/row_count": rows, "files": len(kept), "files_measured_now": made}
    yield dg.MaterializeResult(MEASURES, metadata=counts)
    if made:
        warehouse.say(f"chains    {made} files measured in {time.monotonic() - started:.1f} s")


def value_chain_files(home: Home) -> int:
    """Measure each taken file that is new, or new to the code; returns how many there were."""
    taken = raw.parquet_files(home, SOURCE) if raw.files_path(home).exists() else []
    wanted = {_measured(home, path): path for path in taken}
    new = [target for target in wanted if not target.exists()]
    for target in new:
        _measure(wanted[target], target)
    for stale in set(home.value_chains.glob("*")) - wanted.keys():
        stale.unlink()
    return len(new)


def _measured(home: Home, path: Path) -> Path:
    """Where the measures of a raw file are kept: by its snapshot and the code's version."""
    return home.value_chains / f"{path.stem}-{_code_version()}.parquet"


@cache
def _code_version() -> str:
    root = Path(__file__).parents[2]
    modules = [path for folder in _CODE for path in sorted((root / folder).glob("*.py"))]
    code = b"".join(path.read_bytes() for path in [*modules, Path(__file__)])
    packages = " ".join(version(name) for name in ("numpy", "scipy"))
    return hashlib.sha256(code + packages.encode()).hexdigest()[:16]


def _measure(path: Path, target: Path) -> None:
    """Measure every table of a raw file into one file of measures, in one step."""
    from warehouse.sources.icio import raw as raw_matrices

    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    with pq.ParquetWriter(draft, VALUE_CHAINS) as writer:
        for matrix in raw_matrices.read(path):
            for grain, frame in _frames(matrix).items():
                writer.write_table(_rows(frame, grain, path.stem, matrix))
    os.replace(draft, target)


def _frames(matrix: "Matrix") -> "Mapping[str, pd.DataFrame]":
    from analytics.value_chains.results import value_chains

    named = named_table(matrix, {})
    found = value_chains(named.table, named.sets)
    return {
        "country": found.country_frame(),
        "industry": found.industry_frame(),
        "partner": found.partner_frame(),
        "origin": found.origin_frame(),
    }


def _rows(frame: "pd.DataFrame", grain: str, sha256: str, matrix: "Matrix") -> pa.Table:
    """One row a measure that exists, with the reason why another of the row does not."""
    import numpy as np

    keys = [name for name in frame.columns if name.endswith("_code") or name == "reason"]
    measures = [name for name in frame.columns if name not in keys]
    told = pa.Table.from_pandas(frame[keys], preserve_index=False)
    told = told.rename_columns([_KEYS[grain].get(name, name) for name in keys])
    values = frame[measures].to_numpy().ravel(order="F")
    place = np.flatnonzero(~np.isnan(values))
    gaps = [gap.share for gap in matrix.gaps().values()]
    same = {
        "snapshot_sha256": sha256,
        "table_name": matrix.name,
        "year": matrix.year,
        "is_extended": matrix.layout.parts != matrix.layout.homes,
        "table_gap": max(gaps, default=None),
        "grain": grain,
    }
    rows = told.take(pa.array(place % len(frame)))
    columns = {name: rows[name] for name in rows.column_names}
    columns["measure"] = pa.array(measures, pa.string()).take(pa.array(place // len(frame)))
    columns["value"] = pa.array(values[place])
    return pa.table(
        [
            columns[name]
            if name in columns
            else pa.repeat(pa.scalar(same.get(name), kind), len(place))
            for name, kind in zip(VALUE_CHAINS.names, VALUE_CHAINS.types, strict=True)
        ],
        VALUE_CHAINS,
    )
