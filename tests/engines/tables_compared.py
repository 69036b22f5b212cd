"""Whether two databases hold the same tables, doubles to 1e-12 of themselves, or of 1 near 0."""

from pathlib import Path

import duckdb

TOLERANCE = 1e-12


def differences(one: Path, other: Path, schemas: tuple[str, ...]) -> list[str]:
    """What differs, one sentence a table; the order of rows is no difference."""
    with duckdb.connect() as database:
        database.execute(
            f"attach '{one}' as one (read_only); attach '{other}' as other (read_only)"
        )
        there = {name: _tables(database, name, schemas) for name in ("one", "other")}
        if there["one"] != there["other"]:
            return [f"other tables or columns: {there}"]
        assert there["one"], schemas
        found = {
            table: _difference(database, table, kinds) for table, kinds in there["one"].items()
        }
        return [f"{table}: {what}" for table, what in found.items() if what]


def _tables(
    database: duckdb.DuckDBPyConnection, name: str, schemas: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in database.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = $1 and schema_name in $2 order by all",
        [name, list(schemas)],
    ).fetchall():
        columns.setdefault(table, {})[column] = kind
    return columns


def _difference(database: duckdb.DuckDBPyConnection, table: str, kinds: dict[str, str]) -> str:
    """Rows in the order of what is exact, and side by side: what is not the same."""
    exact = [f'"{name}"' for name, kind in kinds.items() if kind != "DOUBLE"]
    doubles = [f'"{name}"' for name, kind in kinds.items() if kind == "DOUBLE"]
    order = ", ".join([*exact, *(f"round({name}, 6)" for name in doubles)])
    numbered = {
        name: f"(select *, row_number() over (order by {order}) as n from {name}.{table})"
        for name in ("one", "other")
    }
    unlike = [f"one.{name} is distinct from other.{name}" for name in exact] + [
        f"coalesce(abs(one.{name} - other.{name}) > {TOLERANCE} * greatest(1, abs(one.{name})), "
        f"one.{name} is distinct from other.{name})"
        for name in doubles
    ]
    [[rows, lone, differ]] = database.execute(
        "select count(*), count(*) filter (one.n is null or other.n is null), "
        f"count(*) filter ({' or '.join(unlike)}) "
        f"from {numbered['one']} as one full join {numbered['other']} as other on one.n = other.n"
    ).fetchall()
    return f"{lone} rows alone and {differ} unlike, of {rows}" if lone or differ else ""
