"""The database of a release: the tables of the build file with their keys, texts and histories.

Tables whose rows hold from `known_from` to `known_to` are cut in two: the table itself has what is
known now, without these columns, and its history every row. Keys and references are those that the
tables declare (`contract.tables`). DuckDB keeps a primary key, and a foreign key within a schema;
references from one schema to another are compared here, once. `catalog.dim_table` and
`catalog.dim_column` say all of it again, in two languages.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.contract.errors import WarehouseError
from warehouse.contract.tables import NO_UNIT, Reference, Table, Text, references
from warehouse.store import build, indicator_table
from warehouse.store.keys import INTERVAL, repeated
from warehouse.store.release_tables import COLUMNS, OF_THE_RELEASE, RELEASE, TABLES, TYPES

SCHEMAS = ("catalog", "marts", "results")
_STILL = f"{INTERVAL[1]} is null"
_WIDE_TYPES = {"area_code": "VARCHAR", "year": "INTEGER"}
# Bytes. A column and the index of a key take a block at least: with DuckDB's 262,144 a release of
# many small tables is half as large again
_BLOCK = 16_384


class BrokenKey(WarehouseError):
    """Rows of a table do not have the key, or what they refer to, that the table declares."""


def write(
    source: Path,
    target: Path,
    described: Mapping[str, Table],
    release: Mapping[str, object],
    beside: Iterable[str] = (),
) -> None:
    """Write the database of a release from a build file.

    `release` is the one row of `catalog.release`; `beside` are tables of the release that are not
    in its database, but said of in its catalog. Raises `BrokenKey`, and ValueError for a table
    or column without a description, because a number without one is of no use, and for a view.
    """
    with duckdb.connect(config=build.SMALL_WORK) as database:
        attach(database, source, target)
        found = copy_structure(database)
        cut = histories(found)
        contents = _contents(found, cut)
        tables = OF_THE_RELEASE | _with_histories(described, cut)
        if {*indicator_table.MADE_OF} <= {*found}:  # another project than this may have none
            wide = tables[indicator_table.TABLE] = indicator_table.table(database)
            types = {name: _WIDE_TYPES.get(name, "DOUBLE") for name in wide.columns}
            contents[indicator_table.TABLE] = Content(types, indicator_table.query(wide, _STILL))
        row = pa.Table.from_pylist([dict(release)])
        contents[RELEASE] = registered(database, RELEASE, row, TYPES[RELEASE])
        _refuse_what_is_not_described(contents, tables)
        tables = {address: tables[address] for address in (*contents, TABLES, COLUMNS, *beside)}
        create(database, contents, tables)


def released_from_build(tables: Iterable[str]) -> set[str]:
    """Those of the described tables that a release has of its build file."""
    return {each for each in {*tables} - {*OF_THE_RELEASE} if each.split(".")[0] in SCHEMAS}


def attach(database: duckdb.DuckDBPyConnection, source: Path, target: Path) -> None:
    """Attach what a release is made from as `build`, and the new one as `release`."""
    database.execute(f"attach {build.literal(source)} as build (read_only)")
    # Of a log nothing would be read again: what a killed refresh left is removed
    database.execute(
        f"attach {build.literal(target)} as release "
        f"(block_size {_BLOCK}, recovery_mode no_wal_writes)"
    )


def create(
    database: duckdb.DuckDBPyConnection,
    contents: Mapping[str, "Content"],
    tables: Mapping[str, Table],
) -> None:
    """Make tables in the attached database `release`, and those that say what they are.

    `tables` has all of `contents`, and `catalog.dim_table` and `dim_column`; what else it has is
    no table of the database.
    """
    contents = {**contents, **_of_tables(database, contents, tables)}
    database.execute("use release")  # a foreign key names no database
    with _keys_that_hold(database, contents, tables):
        database.begin()  # one commit, not one a table or a comment
        _create(database, contents, tables)
        # In one go, which takes a third less than one by one
        database.execute(";".join(_comments(contents, tables)))
        database.commit()
    _compare_references(database, contents, tables)


def history_of(address: str, tables: Collection[str]) -> str:
    """The table of a release that holds every row of an interval table, not only what is known now.

    `<table>__vintages`, but for the observations, where that name stands for every value ever
    published: `<table>__as_of`.
    """
    vintages = f"{address}__vintages"
    return f"{address}__as_of" if vintages in tables else vintages


def histories(tables: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The interval tables among those of a build file (address to columns), with their histories.

    A table that is called a history itself stays as it is.
    """
    return {
        address: history_of(address, tables)
        for address, columns in tables.items()
        if {*INTERVAL} <= {*columns} and not address.endswith("__vintages")
    }


@dataclass(frozen=True)
class Content:
    """What goes into a table: its columns with their SQL types, and the query of its rows."""

    columns: Mapping[str, str]
    query: str


def copy_structure(database: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Copy schemas and macros from `build` to `release`.

    Returns the columns of the tables of the released schemas by address, with their SQL types.
    """
    database.execute("copy from database build to release (schema)")
    views = database.execute(
        "select schema_name || '.' || view_name from duckdb_views() "
        "where database_name = 'build' and schema_name in $1 order by 1",
        [list(SCHEMAS)],
    ).fetchall()
    if views:
        raise ValueError(f"{views[0][0]} is a view; a release holds tables and macros only")
    for (schema,) in database.execute(
        "select schema_name from duckdb_schemas() where database_name = 'release' and not internal "
        "and schema_name not in $1 and schema_name <> 'main'",
        [list(SCHEMAS)],
    ).fetchall():
        database.execute(f"drop schema release.{schema} cascade")
    columns = build.columns(database, attached="release")
    _drop_tables(database, columns)  # they are made anew, with their keys
    return columns


def _drop_tables(database: duckdb.DuckDBPyConnection, addresses: Collection[str]) -> None:
    """Drop tables, each before those that it refers to."""
    links = database.execute(
        "select schema_name || '.' || table_name, schema_name || '.' || referenced_table "
        "from duckdb_constraints() "
        "where database_name = 'release' and constraint_type = 'FOREIGN KEY'"
    ).fetchall()
    referred = {
        address: {to for one, to in links if one == address and to != one} for address in addresses
    }
    for address in reversed([*TopologicalSorter(referred).static_order()]):
        database.execute(f"drop table release.{address}")


def _contents(found: Mapping[str, Mapping[str, str]], cut: Mapping[str, str]) -> dict[str, Content]:
    """The tables of the build file: those of intervals as what is known now, and their histories.

    Rows come in a fixed order, since the order in which a parallel query wrote them is not the same
    from one build to the next.
    """
    now = {name: {c: t for c, t in found[name].items() if c not in INTERVAL} for name in cut}
    contents = {
        name: Content(
            now.get(name, columns),
            f"select {', '.join(map(_quoted, now.get(name, columns)))} from build.{name} "
            f"{f'where {_STILL}' if name in cut else ''} order by all",
        )
        for name, columns in found.items()
    }
    for name, history in cut.items():
        contents[history] = Content(found[name], f"from build.{name} order by all")
    return contents


def _with_histories(described: Mapping[str, Table], cut: Mapping[str, str]) -> dict[str, Table]:
    """The tables as they describe themselves, those of intervals as what is known now; histories.

    A history has the texts of its table, and its key at each date.
    """
    tables = dict(described)
    for address, history in cut.items():
        table = described[address]
        columns = {name: each for name, each in table.columns.items() if name not in INTERVAL}
        tables[address] = replace(table, columns=columns)
        zh = table.about.zh and f"历次所知：{table.about.zh}"
        about = Text(f"At any time: {table.about.en}", zh)
        key = (*table.key, INTERVAL[0]) if table.key else ()
        tables[history] = replace(table, about=about, key=key)
    return tables


def _refuse_what_is_not_described(
    contents: Mapping[str, Content], tables: Mapping[str, Table]
) -> None:
    nothing = Table(Text(""), {})
    wanted = {address: tables.get(address, nothing) for address in contents}
    missing = [address for address, table in wanted.items() if not table.about.en]
    missing += [
        f"{address}.{column}"
        for address, table in wanted.items()
        for column in contents[address].columns
        if column not in table.columns or not table.columns[column].about.en
    ]
    if missing:
        raise ValueError(f"no description for {', '.join(missing)}")


def _create(
    database: duckdb.DuckDBPyConnection,
    contents: Mapping[str, Content],
    tables: Mapping[str, Table],
) -> None:
    """Make every table with its keys, after those that it refers to.

    The key of a table that stands alone is made when its rows are there: that takes half the time.
    """
    kept = {address: _kept_by_database(address, tables) for address in contents}
    linked = {each.to for found in kept.values() for each in found} | {a for a in kept if kept[a]}
    order = TopologicalSorter({a: [each.to for each in kept[a]] for a in contents})
    for address in order.static_order():
        key = f"primary key ({', '.join(tables[address].key)})" if tables[address].key else ""
        parts = [f"{_quoted(name)} {kind}" for name, kind in contents[address].columns.items()]
        parts += [key] if key and address in linked else []
        parts += map(_foreign_key, kept[address])
        database.execute(f"create table {address} ({', '.join(parts)})")
        database.execute(f"insert into {address} {contents[address].query}")
        if key and address not in linked:
            database.execute(f"alter table {address} add {key}")


@contextmanager
def _keys_that_hold(
    database: duckdb.DuckDBPyConnection,
    contents: Mapping[str, Content],
    tables: Mapping[str, Table],
) -> Iterator[None]:
    """Name the table and the key where rows do not have the keys that are declared."""
    try:
        yield
    except (duckdb.ConstraintException, duckdb.TransactionException) as error:
        with suppress(duckdb.TransactionException):  # a failed commit has ended it
            database.rollback()
        for address, content in contents.items():
            if not (key := tables[address].key):
                continue
            twice = database.execute(repeated(f"({content.query})", key)).fetchone()
            if twice:
                named, value = ", ".join(key), ", ".join(map(str, twice[:-1]))
                raise BrokenKey(f"{address} has more than one row with {named} {value}") from None
        raise BrokenKey(" ".join(str(error).split())) from None


def _foreign_key(each: Reference) -> str:
    columns, to_columns = ", ".join(each.columns), ", ".join(each.to_columns)
    return f"foreign key ({columns}) references {each.to} ({to_columns})"


def _kept_by_database(address: str, tables: Mapping[str, Table]) -> list[Reference]:
    """The references that DuckDB can keep: within a schema, and not of a table to itself."""
    schema = address.partition(".")[0]
    return [
        each
        for each in references(address, tables)
        if each.to.partition(".")[0] == schema and each.to != address
    ]


def _compare_references(
    database: duckdb.DuckDBPyConnection, contents: Collection[str], tables: Mapping[str, Table]
) -> None:
    """Raise `BrokenKey` for a row that refers to none, where DuckDB does not see to it."""
    for address in contents:
        for each in references(address, tables):
            if each in _kept_by_database(address, tables):
                continue
            pairs = zip(each.columns, each.to_columns)
            found = database.execute(
                f"select {', '.join(each.columns)} from {address} as here anti join {each.to} as "
                f"there on {' and '.join(f'here.{one} = there.{other}' for one, other in pairs)} "
                f"where {' and '.join(f'{column} is not null' for column in each.columns)} limit 1"
            ).fetchone()
            if found:
                value = ", ".join(map(str, found))
                raise BrokenKey(
                    f"{address} has {', '.join(each.columns)} {value}, which {each.to} has not"
                )


def _comments(contents: Mapping[str, Content], tables: Mapping[str, Table]) -> Iterator[str]:
    for address, content in contents.items():
        table = tables[address]
        yield f"comment on table {address} is {_literal(table.about.en)}"
        for column in content.columns:
            text = table.columns[column].comment
            yield f"comment on column {address}.{_quoted(column)} is {_literal(text)}"


def _of_tables(
    database: duckdb.DuckDBPyConnection,
    contents: Mapping[str, Content],
    tables: Mapping[str, Table],
) -> dict[str, Content]:
    """The tables that say what is in all tables, themselves among them."""
    columns = {address: each.columns for address, each in contents.items()}
    columns |= {address: TYPES[address] for address in tables if address not in contents}
    rows = {TABLES: _table_rows(tables), COLUMNS: _column_rows(columns, tables)}
    return {
        address: registered(database, address, pa.Table.from_pylist([*each]), TYPES[address])
        for address, each in rows.items()
    }


def registered(
    database: duckdb.DuckDBPyConnection, address: str, rows: pa.Table, types: Mapping[str, str]
) -> Content:
    """Rows that the build file does not have, in the order in which they are."""
    name = f"rows_of_{address.partition('.')[2]}"
    database.register(name, rows)
    return Content(types, f"select {', '.join(types)} from {name}")


def _table_rows(tables: Mapping[str, Table]) -> Iterator[dict]:
    for address, table in sorted(tables.items()):
        about = table.about
        yield {"table_name": address, "description_en": about.en, "description_zh": about.zh}


def _column_rows(
    columns: Mapping[str, Mapping[str, str]], tables: Mapping[str, Table]
) -> Iterator[dict[str, str | int | None]]:
    for address, table in sorted(tables.items()):
        fields = {
            one: (each.to, other)
            for each in references(address, tables)
            for one, other in zip(each.columns, each.to_columns)
        }
        for position, (name, data_type) in enumerate(columns[address].items(), start=1):
            column = table.columns[name]
            has_unit = column.unit.en != NO_UNIT
            to, field = fields.get(name, (None, None))
            yield {
                "table_name": address,
                "column_name": name,
                "position": position,
                "data_type": data_type,
                "unit": column.unit.en if has_unit else None,
                "unit_zh": column.unit.zh if has_unit else None,
                "description_en": column.about.en,
                "description_zh": column.about.zh,
                "key_position": table.key.index(name) + 1 if name in table.key else None,
                "references_table": to,
                "references_column": field,
            }


def _quoted(name: str) -> str:
    return f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
