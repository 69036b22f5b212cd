"""The private database that one refresh builds: raw cells in, marts and results out.

Nobody but a refresh opens `build/build.duckdb`; analysts read a release. Every function opens the
file, does its work and closes it again, because an open connection shuts every other process out.
"""

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from warehouse.contract.cells import SCHEMA as CELLS
from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import Damaged, read_sealed, remove, replace, write_sealed
from warehouse.contract.home import Home
from warehouse.contract.judgement import KINDS
from warehouse.contract.trade_rows import OF_SHEET
from warehouse.contract.trade_rows import SCHEMA as TRADE_ROWS
from warehouse.intake import judgement, raw
from warehouse.sources import sources
from warehouse.sources.icio.parts import SCHEMA as PARTS
from warehouse.store import releases

if TYPE_CHECKING:
    import pandas as pd


_TRADE_FILES = pa.schema(
    [*(TRADE_ROWS.field(name) for name in OF_SHEET), ("rows_file", pa.string())]
)
# What was measured in inter-country tables, one row a measure; `partner_code` is the importer, or
# of `origin` the exporter in whose exports the value of `area_code` is
VALUE_CHAINS = pa.schema(
    [
        ("snapshot_sha256", pa.string()),
        ("table_name", pa.string()),
        ("grain", pa.string()),
        ("area_code", pa.string()),
        ("industry_code", pa.string()),
        ("partner_code", pa.string()),
        ("measure", pa.string()),
        ("value", pa.float64()),
        ("reason", pa.string()),
    ]
)
# The measures that are declared (analytics/value_chains/measures.csv)
DECLARED_MEASURES = pa.schema(
    [
        ("measure", pa.string()),
        ("name_en", pa.string()),
        ("name_zh", pa.string()),
        ("unit", pa.string()),
        ("formula", pa.string()),
        ("author", pa.string()),
        ("year", pa.int32()),
        ("equation", pa.string()),
        ("made_of", pa.string()),
        ("part_of", pa.string()),
        ("origin", pa.string()),
    ]
)

# A new build file has DuckDB's newest format, which takes half the time to write and to open, for
# nothing else reads it; a release has the oldest one, which other programs can read
_NEWEST: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "latest"
}
_AS_OF = "as_of"
# What a build is begun of: the parts of `releases.fingerprints`, and the date
_PARTS = {
    releases.FILES: "landed files",
    releases.VERDICTS: "verdicts on files",
    releases.JUDGEMENT: "judgement of the home",
    releases.CODE: "code of Yearbook",
    _AS_OF: "date as of which it is built",
}
# Many small tables: a second thread costs more than it brings
SMALL_WORK: dict[str, str | bool | int | float | list[str]] = {"threads": 1}


class NoBuild(WarehouseError):
    """There is no build file to read, or somebody writes it."""


class OtherBuild(WarehouseError):
    """The build file is not that of the release to be made; the message says why, and the mend."""


@dataclass(frozen=True)
class Table:
    """What a finished table holds: its number of rows and its columns with their SQL types."""

    rows: int
    columns: dict[str, str]


@dataclass(frozen=True)
class View:
    """What a view of the build file shows: Parquet files, all with the columns of a schema."""

    files: Sequence[Path]
    schema: pa.Schema


def path(home: Home) -> Path:
    """The build file of a home."""
    return home.build / "build.duckdb"


def begin(home: Home, as_of: date | None = None, measures: pa.Table | None = None) -> None:
    """Start a new, empty build file with the cells that are in force.

    `raw.cells` has one row a cell of every taken file of every source (columns:
    `contract.cells.SCHEMA`), `raw.trade_rows` the rows of trade statistics as printed (columns:
    `contract.trade_rows.SCHEMA`), `raw.trade_files` what all rows of a sheet have in common (one
    row a sheet that has any; columns: `contract.trade_rows.OF_SHEET`) and where they rest
    (`rows_file`), `raw.files` one row a
    landed file, `raw.sources` one row a source, as its `source.yml` describes it,
    `raw.judgement_<seed>` what joins the lines of a seed, if anything does, `raw.measures` the
    measures of value chains that are declared (columns: DECLARED_MEASURES), and what
    `show_value_chains` shows. With `as_of`, files that were published
    later are not there. What it is made of is written down for `check`. Raises `WrongJudgement`.
    """
    made_of = releases.fingerprints(home, as_of)  # first, so that it is never newer than the lines
    lines = judgement.read(home)
    home.build.mkdir(parents=True, exist_ok=True)
    for leftover in home.build.glob("build.duckdb*"):
        remove(leftover)
    write_sealed(_begun(home), {**made_of, _AS_OF: str(as_of)})
    shutil.rmtree(_failed_tests(home), ignore_errors=True)
    with duckdb.connect(str(path(home)), config=_NEWEST) as database:
        database.execute("create schema raw; create schema results")
        database.execute(
            f"create table raw.files as from read_parquet({literal(raw.files_path(home))}) "
            "where $1::date is null or published_on <= $1",
            [as_of],
        )
        described = [source.model_dump(exclude={"declares"}) for source in sources().values()]
        _create(database, "raw.sources", pa.Table.from_pylist(described))
        for name, further in _further_lines(lines).items():
            columns = pa.schema(
                [(each, pa.string()) for each in (*KINDS[name].model_fields, "origin")]
            )
            _create(database, f"raw.judgement_{name}", pa.Table.from_pylist(further, columns))
        of_trade = pa.Table.from_pylist(raw.sheets_with_rows(home, as_of), _TRADE_FILES)
        _create(database, "raw.trade_files", of_trade)
        declared = DECLARED_MEASURES.empty_table() if measures is None else measures
        _create(database, "raw.measures", declared)
        for address, view in views(home, as_of).items():
            _view(database, address, view)


def _further_lines(of_home: Mapping[str, list[judgement.Values]]) -> dict[str, list[dict]]:
    """What joins each seed: the lines of the home, and the names of the project's indicators."""
    further = {
        name: [{**line, "origin": "home"} for line in lines] for name, lines in of_home.items()
    }
    names = judgement.names_of_the_project()
    further["indicator_aliases"] += [{**line, "origin": "project"} for line in names]
    return {name: lines for name, lines in further.items() if lines}


def check(
    home: Home, made_of: Mapping[str, str], as_of: date | None, tables: Collection[str]
) -> None:
    """Raise `OtherBuild` unless the build file has these tables and was begun of the same.

    Somebody may have changed a file meanwhile, or make the release alone of what a refresh as of a
    date, or one that failed, has left. `made_of` as `releases.fingerprints` has it.
    """
    try:
        begun = read_sealed(_begun(home))
    except Damaged:
        begun = {}
    now = {**made_of, _AS_OF: str(as_of)}
    if changed := [_PARTS[part] for part in now if begun.get(part) != now[part]]:
        raise OtherBuild(
            f"not released, since this differs from when the build was begun: {', '.join(changed)}"
            "; run `yearbook refresh` again"
        )
    with _connect(home) as database:
        missing = sorted({*tables} - {*columns(database)})
    if missing:
        raise OtherBuild(
            f"not released, since the build lacks {', '.join(missing)}; run `yearbook refresh` "
            "again"
        )


def show_value_chains(home: Home) -> None:
    """Show the build file what a home knows of inter-country tables by now.

    `raw.value_chains` has what was measured in them (columns: VALUE_CHAINS),
    `raw.inter_country_tables` what they consist of (columns: `icio.parts.SCHEMA`).
    """
    with _connect(home) as database:
        for address, view in _value_chains(home).items():
            _view(database, address, view)


def views(home: Home, as_of: date | None = None) -> dict[str, View]:
    """The tables of the build file that are views, as they are now; `as_of` as `begin` takes it."""
    cells = [
        file
        for source in sources().values()
        if not source.holds_matrices
        for file in raw.parquet_files(home, source.source_id, as_of)
    ]
    return {
        "raw.cells": View(cells, CELLS),
        "raw.trade_rows": View(list(raw.trade_row_files(home, as_of)), TRADE_ROWS),
    } | _value_chains(home)


def _value_chains(home: Home) -> dict[str, View]:
    measures, parts = (
        sorted((home.value_chains / name).glob("*.parquet")) for name in ("measures", "parts")
    )
    return {
        "raw.value_chains": View(measures, VALUE_CHAINS),
        "raw.inter_country_tables": View(parts, PARTS),
    }


def attached(home: Home) -> duckdb.DuckDBPyConnection:
    """A database in memory that reads the build file as `build`. Raises `NoBuild`."""
    database = duckdb.connect()
    if not path(home).exists():
        raise NoBuild(f"there is no build file in {home.build} yet: run `yearbook refresh`")
    try:
        database.execute(f"attach {literal(path(home))} as build (read_only)")
    except duckdb.IOException:
        raise NoBuild(f"{path(home)} is in use: wait for the refresh that is at work") from None
    return database


def literal(path: Path) -> str:
    """A path as SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def tables(home: Home, schema: str | None = None) -> dict[str, Table]:
    """Every table and view of the build file, or of a schema, by its address `schema.table`."""
    with _connect(home) as database:
        return contents(database, schema)


def contents(database: duckdb.DuckDBPyConnection, schema: str | None = None) -> dict[str, Table]:
    """Every table and view of the connected database, in the order of their addresses.

    With `schema` those of one, for to count the rows of all takes its time.
    """
    found = columns(database, schema)
    counts = " union all ".join(f"select '{address}', count(*) from {address}" for address in found)
    rows = dict(database.execute(counts).fetchall()) if found else {}
    return {address: Table(rows[address], types) for address, types in found.items()}


def columns(
    database: duckdb.DuckDBPyConnection, schema: str | None = None, attached: str | None = None
) -> dict[str, dict[str, str]]:
    """The columns of every table and view, or of those of a schema, with their SQL types.

    Of the connected database, or of another one that is attached under a name.
    """
    found: dict[str, dict[str, str]] = {}
    for address, column, data_type in database.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = coalesce($2, current_database()) and not internal "
        "and ($1 is null or schema_name = $1) order by 1, column_index",
        [schema, attached],
    ).fetchall():
        found.setdefault(address, {})[column] = data_type
    return found


def read_table(home: Home, address: str) -> "pd.DataFrame":
    """One table of the build file, `schema.table`, in the order of its columns' values."""
    [table] = read_tables(home, address)
    return table


def read_tables(home: Home, *addresses: str) -> "list[pd.DataFrame]":
    """Tables of the build file as `read_table` reads one; opening it takes longer than most do."""
    with _connect(home) as database:
        return [database.execute(f"from {each} order by all").df() for each in addresses]


def write_parquet(home: Home, files: Mapping[str, Path]) -> None:
    """Write tables of the build file as Parquet, each in the file that is given by its address."""
    with _connect(home) as database:
        for address, file in files.items():
            database.execute(f"copy (from {address}) to {literal(file)} (format parquet)")


def read_parquet(home: Home, folders: Mapping[str, Path]) -> None:
    """Make tables of the build file, each of the Parquet files of a folder by its address."""
    with _connect(home) as database:
        for address, folder in folders.items():
            schema, _ = address.split(".")
            database.execute(f"create schema if not exists {schema}")
            database.execute(
                f"create or replace table {address} as "
                f"from read_parquet({literal(folder / '*.parquet')})"
            )


def rows(home: Home, sql: str) -> "pd.DataFrame":
    """What a query selects from the build file."""
    with _connect(home) as database:
        return database.execute(sql).df()


def keep_failing_rows(home: Home, test: str, rows: "pd.DataFrame") -> Path:
    """Keep the rows that a failed test selects as CSV; returns the file."""
    file = _failed_tests(home) / f"{test}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows.to_csv(file, index=False)
    return file


def write_results(home: Home, results: Mapping[str, "pd.DataFrame"]) -> dict[str, Table]:
    """Replace `results.<name>` for every name; each row carries its study in column `study`.

    The same rows are also kept as `results/<study>/<name>.parquet`. Returns what the tables of
    results hold, by their addresses.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with _connect(home) as database:
        database.begin()  # one commit, not one a table
        database.execute("create schema if not exists results")
        for name, frame in results.items():
            table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
            _create(database, f"results.{name}", table)
            for study in pc.unique(table["study"]).to_pylist():
                folder = home.results / study
                folder.mkdir(parents=True, exist_ok=True)
                draft = folder / f".{name}.tmp"
                pq.write_table(table.filter(pc.equal(table["study"], study)), draft)
                replace(draft, folder / f"{name}.parquet")
        database.commit()
        return contents(database, "results")


def _begun(home: Home) -> Path:
    return home.build / "begun.json"


def _failed_tests(home: Home) -> Path:
    return home.build / "failed_tests"


def _create(database: duckdb.DuckDBPyConnection, address: str, rows: pa.Table) -> None:
    database.register("incoming_rows", rows)
    database.execute(f"create or replace table {address} as from incoming_rows")
    database.unregister("incoming_rows")


def _view(database: duckdb.DuckDBPyConnection, address: str, view: View) -> None:
    """A view of Parquet files: a copy would take longer than all models read it."""
    rows = f"from read_parquet([{', '.join(map(literal, view.files))}])"
    if not view.files:
        nothing = database.from_arrow(view.schema.empty_table())
        types = zip(nothing.columns, nothing.types, strict=True)
        columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in types)
        rows = f"select {columns} where false"
    database.execute(f"create or replace view {address} as {rows}")


def _connect(home: Home) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path(home)), config=SMALL_WORK)
