"""Measures of value chains of every landed inter-country table, computed once a file and code."""

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.assets.raw import EDITION_YEARS, FILES
from orchestration.keys import address, asset_key, group
from orchestration.resources import Warehouse
from orchestration.value_chains import named_table
from warehouse.contract import files
from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.sources.seeds import READ_BY_READERS
from warehouse.store import build
from warehouse.store.build import VALUE_CHAINS

if TYPE_CHECKING:
    import pandas as pd

    from warehouse.sources.icio.matrix import Matrix

SOURCE = "icio"
DESCRIPTIONS = {
    asset_key("raw.value_chains"): "What was measured in inter-country tables, one row a measure",
    asset_key("raw.inter_country_tables"): "What inter-country tables consist of, one row a part",
}
_CODE = ("analytics/value_chains", "warehouse/sources/icio")  # modules, and tables beside them
_KEYS = {
    "country": {},
    "industry": {"industry_code": "industry_code"},
    "partner": {"exporter_code": "area_code", "importer_code": "partner_code"},
    "origin": {"source_code": "area_code", "exporter_code": "partner_code"},
}


@dataclass(frozen=True)
class _Kept:
    """Where what a raw file of matrices says is kept: by its snapshot and the code's version.

    The seal, written last, has the hashes of both files.
    """

    home: Home
    raw: Path

    @property
    def edition(self) -> str:
        return self.raw.parent.name

    @property
    def measures(self) -> Path:
        return self.home.value_chains / "measures" / f"{self._name}.parquet"

    @property
    def parts(self) -> Path:
        return self.home.value_chains / "parts" / f"{self._name}.parquet"

    @property
    def seal(self) -> Path:
        return self.home.value_chains / "seals" / f"{self._name}.json"

    @property
    def _name(self) -> str:
        return f"{self.raw.stem}-{_code_version()}"

    def is_whole(self) -> bool:
        """Whether both files are there, and are what was written."""
        try:
            hashes = files.read_sealed(self.seal)
        except files.Damaged:
            return False
        kept = (self.measures, self.parts)
        return all(files.has_sha256(path, hashes.get(path.parent.name)) for path in kept)


# After the files, for a partitioned asset cannot read another in a run without partitions
@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            key,
            deps=[FILES],
            group_name=group(address(key)),
            partitions_def=EDITION_YEARS,
            kinds={"parquet"},
            description=description,
        )
        for key, description in DESCRIPTIONS.items()
    ],
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="duckdb_writer",
)
def value_chain_measures(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Measure what is new; a file that was measured by the same code is not measured again."""
    started = time.monotonic()
    years = set(context.partition_keys) if context.has_partition_key_range else None
    made = value_chain_files(warehouse.home, years)
    build.show_value_chains(warehouse.home)
    tables = build.tables(warehouse.home)
    for key in DESCRIPTIONS:
        for year, counts in _counts_by_year(warehouse.home, made).items():
            if years is None:  # A refresh measures whatever is there, and records which years
                context.log_event(dg.AssetMaterialization(key, partition=year, metadata=counts))
        yield dg.MaterializeResult(
            key, metadata={"dagster/row_count": tables[address(key)].rows, "new": len(made)}
        )
    if made:
        seconds = time.monotonic() - started
        warehouse.say(f"chains    {len(made)} files measured in {seconds:.1f} s")


def value_chain_files(home: Home, years: Collection[str] | None = None) -> list[Path]:
    """Measure each taken file that is new, damaged, or new to the code; returns the files.

    `years` narrows them to those of editions of these years.
    """
    wanted = _kept(home)
    new = [
        kept
        for kept in wanted
        if (years is None or kept.edition[:4] in years) and not kept.is_whole()
    ]
    for kept in new:
        _measure(kept)
    in_force = {path for kept in wanted for path in (kept.measures, kept.parts, kept.seal)}
    for stale in set(files.below(home.value_chains)) - in_force:
        files.remove(stale)
    return [kept.raw for kept in new]


def _kept(home: Home) -> list[_Kept]:
    """What is kept of each taken file, in the order of editions."""
    taken = raw.parquet_files(home, SOURCE) if raw.files_path(home).exists() else []
    return [_Kept(home, path) for path in taken]


def _counts_by_year(home: Home, made: Collection[Path]) -> dict[str, dict[str, int]]:
    """By edition year how many files there are, and how many of them are new."""
    by_year = groupby(_kept(home), lambda kept: kept.edition[:4])
    files_of = {year: [kept.raw for kept in of_year] for year, of_year in by_year}
    return {
        year: {"files": len(of_year), "files_measured_now": len(set(of_year) & set(made))}
        for year, of_year in files_of.items()
    }


@cache
def _code_version() -> str:
    code = b"".join(path.read_bytes() for path in deciding())
    packages = " ".join(version(name) for name in ("numpy", "scipy"))
    return hashlib.sha256(code + packages.encode()).hexdigest()[:16]


def deciding() -> list[Path]:
    """The files of the project that decide what is measured in a table, and how."""
    root = Path(__file__).parents[2]
    folders = [path for folder in _CODE for path in sorted((root / folder).glob("*.*"))]
    code = [path for path in folders if path.suffix in (".py", ".csv")]
    return [*code, *READ_BY_READERS.values(), Path(__file__)]


def _measure(kept: _Kept) -> None:
    """Measure every table of a raw file, and say what it consists of, in one step."""
    from warehouse.sources.icio import raw as raw_matrices
    from warehouse.sources.icio.parts import SCHEMA, parts

    for path in (kept.measures, kept.parts, kept.seal):
        path.parent.mkdir(parents=True, exist_ok=True)
    sha256 = kept.raw.stem
    with (
        _written(kept.measures, VALUE_CHAINS) as measures,
        _written(kept.parts, SCHEMA) as consists_of,
    ):
        for matrix in raw_matrices.read(kept.raw):
            consists_of.write_table(parts(matrix, sha256))
            frames = _frames(matrix).items()
            rows = [_rows(frame, grain, sha256, matrix.name) for grain, frame in frames]
            measures.write_table(pa.concat_tables(rows))
    hashes = {path.parent.name: files.sha256_of(path) for path in (kept.measures, kept.parts)}
    files.write_sealed(kept.seal, hashes)


@contextmanager
def _written(target: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """A Parquet file that is there when it is whole."""
    draft = target.with_suffix(".draft")
    with pq.ParquetWriter(draft, schema) as writer:
        yield writer
    files.replace(draft, target)


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


def _rows(frame: "pd.DataFrame", grain: str, sha256: str, table_name: str) -> pa.Table:
    """One row a measure that exists, with the reason why another of the row does not."""
    import numpy as np

    keys = [name for name in frame.columns if name.endswith("_code") or name == "reason"]
    measures = [name for name in frame.columns if name not in keys]
    told = pa.Table.from_pandas(frame[keys], preserve_index=False, nthreads=1)
    told = told.rename_columns([_KEYS[grain].get(name, name) for name in keys])
    values = frame[measures].to_numpy().ravel(order="F")
    place = np.flatnonzero(~np.isnan(values))
    of_table = {"snapshot_sha256": sha256, "table_name": table_name, "grain": grain}
    rows = told.take(pa.array(place % len(frame)))
    columns = {name: rows[name] for name in rows.column_names}
    columns["measure"] = pa.array(measures, pa.string()).take(pa.array(place // len(frame)))
    columns["value"] = pa.array(values[place])
    return pa.table(
        [
            columns[name]
            if name in columns
            else pa.repeat(pa.scalar(of_table.get(name), kind), len(place))
            for name, kind in zip(VALUE_CHAINS.names, VALUE_CHAINS.types, strict=True)
        ],
        VALUE_CHAINS,
    )
