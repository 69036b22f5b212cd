"""Whether two databases hold the same tables, doubles to a tolerance of themselves, or of 1 below 1."""

from pathlib import Path

import duckdb

# What SQL makes
BY_SQL = r"(catalog|marts)\..*|results\.revisions"


def differences(one: Path, other: Path, wanted: str, tolerance: float) -> list[str]:
    """What differs in the tables whose address matches, one sentence a table, in any order of rows."""
    with duckdb.connect() as database:
        database.execute(
            f"attach '{one}' as one (read_only); attach '{other}' as other (read_only)"
        )
        there = {name: _tables(database, name, wanted) for name in ("one", "other")}
        if there["one"] != there["other"]:
            return [f"other tables or columns: {there}"]
        assert there["one"], wanted
        found = {
            table: _difference(database, table, kinds, tolerance)
            for table, kinds in there["one"].items()
        }
        return [f"{table}: {what}" for table, what in found.items() if what]


def _tables(
    database: duckdb.DuckDBPyConnection, name: str, wanted: str
) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in database.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = $1 and regexp_full_match(schema_name || '.' || table_name, $2) "
        "order by all",
        [name, wanted],
    ).fetchall():
        columns.setdefault(table, {})[column] = kind
    return columns


def _difference(
    database: duckdb.DuckDBPyConnection, table: str, kinds: dict[str, str], tolerance: float
) -> str:
    """Rows in the order of what is exact, and side by side: what is not the same."""
    exact = [f'"{name}"' for name, kind in kinds.items() if kind != "DOUBLE"]
    doubles = [f'"{name}"' for name, kind in kinds.items() if kind == "DOUBLE"]
    order = ", ".join([*exact, *(f"round({name}, 6)" for name in doubles)])
    numbered = {
        name: f"(select *, row_number() over (order by {order}) as n from {name}.{table})"
        for name in ("one", "other")
    }
    unlike = [f"one.{name} is distinct from other.{name}" for name in exact] + [
        f"coalesce(abs(one.{name} - other.{name}) > {tolerance} * greatest(1, abs(one.{name})), "
        f"one.{name} is distinct from other.{name})"
        for name in doubles
    ]
    [[rows, lone, differ]] = database.execute(
        "select count(*), count(*) filter (one.n is null or other.n is null), "
        f"count(*) filter ({' or '.join(unlike)}) "
        f"from {numbered['one']} as one full join {numbered['other']} as other on one.n = other.n"
    ).fetchall()
    return f"{lone} rows alone and {differ} unlike, of {rows}" if lone or differ else ""
