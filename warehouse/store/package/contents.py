"""What the database of a release says of itself: its tables, their keys and their sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import duckdb

from warehouse.contract.tables import Column, Reference, Table, Text, references
from warehouse.sources import Source, sources
from warehouse.store import build
from warehouse.store.release_tables import LEFT_OUT


@dataclass(frozen=True)
class ReleaseTable:
    """A table of a release: its declaration, SQL types and the sources whose ids it has.

    `files` are its Parquet files, below the folder of the release, with the rows of each.
    """

    address: str
    table: Table
    data_types: Mapping[str, str]
    files: Mapping[str, int]
    references: tuple[Reference, ...] = ()
    source_ids: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(self.files.values())

    @property
    def schema(self) -> str:
        return self.address.partition(".")[0]


@dataclass(frozen=True)
class Contents:
    """A release as it describes itself; `sources` are those of which it has a row.

    `tables` are in its database, `beside` are Parquet files alone.
    `left_out` are the rows of `catalog.left_out`, which a public release has, else None.
    """

    release: str
    label: str
    citation: str
    newest_published_on: date
    fingerprint: str
    tables: tuple[ReleaseTable, ...]
    sources: tuple[Source, ...]
    left_out: tuple[dict[str, Any], ...] | None = None
    beside: tuple[ReleaseTable, ...] = ()

    @property
    def all_tables(self) -> tuple[ReleaseTable, ...]:
        return (*self.tables, *self.beside)


def contents_of(
    database: duckdb.DuckDBPyConnection, beside: Iterable[ReleaseTable] = ()
) -> Contents:
    """Everything that the connected database of a release says of itself; `beside` lies there."""
    declared = declared_tables(database)
    found = build.contents(database)
    tables = tuple(
        ReleaseTable(
            address,
            table,
            found[address].columns,
            {f"parquet/{address.replace('.', '/')}.parquet": found[address].rows},
            tuple(references(address, declared)),
            _source_ids(database, address, table),
        )
        for address, table in declared.items()
        if address in found
    )
    [(release, label, citation, newest, fingerprint)] = database.execute(
        "select release, label, citation, newest_published_on, fingerprint from catalog.release"
    ).fetchall()
    beside = tuple(beside)
    named = {source_id for table in (*tables, *beside) for source_id in table.source_ids}
    used = tuple(source for name, source in sources().items() if name in named)
    left_out = _left_out(database) if LEFT_OUT in declared else None
    facts = (release, label, citation, newest, fingerprint)
    return Contents(*facts, tables, used, left_out, beside)


def declared_tables(database: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """The tables of a release by address, as `catalog.dim_table` and `dim_column` declare them."""
    texts = database.execute(
        "select table_name, description_en, description_zh from catalog.dim_table order by 1"
    ).fetchall()
    rows = database.execute(
        "select table_name, column_name, description_en, description_zh, "
        "coalesce(unit, 'none'), unit_zh, references_table, key_position "
        "from catalog.dim_column order by table_name, position"
    ).fetchall()
    columns = {name: list(of_table) for name, of_table in groupby(rows, key=lambda row: row[0])}
    return {
        name: Table(Text(en, zh), dict(_columns(columns[name])), _key(columns[name]))
        for name, en, zh in texts
    }


def _left_out(database: duckdb.DuckDBPyConnection) -> tuple[dict[str, Any], ...]:
    rows = database.execute(f"from {LEFT_OUT} order by all").to_arrow_table()
    return tuple(rows.to_pylist())


def _columns(rows: list[tuple]) -> Iterator[tuple[str, Column]]:
    for _, name, en, zh, unit, unit_zh, to, _ in rows:
        yield name, Column(Text(en, zh), Text(unit, unit_zh), to)


def _key(rows: list[tuple]) -> tuple[str, ...]:
    in_key = sorted((row[-1], row[1]) for row in rows if row[-1])
    return tuple(name for _, name in in_key)


def _source_ids(database: duckdb.DuckDBPyConnection, address: str, table: Table) -> tuple[str, ...]:
    """The sources whose ids stand in a table, in alphabetical order."""
    if "source_id" not in table.columns or address == "catalog.dim_source":
        return ()
    found = database.execute(f"select distinct source_id from {address} order by 1").fetchall()
    return tuple(name for (name,) in found if name in sources())
