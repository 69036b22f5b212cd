"""What `yearbook sql` prints of the current release."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice
from threading import Timer

import duckdb

from orchestration.cli.printing import as_json, print_table, synthetic_label
from orchestration.progress import say
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import releases

_AT_ONCE = 10_000
_MOST_SHOWN = 10_000


class QueryFailed(WarehouseError):
    """The query is not one that the release can answer; the message is the database's own."""


def print_query(home: Home, sql: str, format: str, megabytes: int, seconds: int) -> None:
    """Print the rows of a query over the current release on stdout.

    `format`: table (at most 10,000 rows), csv (NULL is empty), json (a list of records, ISO dates,
    NULL is null) or parquet. The first three print text; what is not data goes to stderr. A column
    whose name was there before gets a number. The query may take so much memory and time and no
    more; its rows are printed while it finds them.
    Raises `NoRelease`, `DamagedRelease` and `QueryFailed`.
    """
    with releases.connect_current(home, megabytes) as release, _at_most(release, seconds):
        label = synthetic_label(release)
        try:
            result = _asked(release, sql)
            if label and format not in ("table", "parquet"):
                say(label, is_synthetic=False)
            _PRINT[format](result, label)
        except duckdb.InterruptException:
            raise QueryFailed(
                f"the query took longer than {seconds} seconds: give it more with --timeout"
            ) from None
        except duckdb.OutOfMemoryException:
            raise QueryFailed(
                f"the query needs more than {megabytes} MB of memory: give it more with --memory"
            ) from None
        except duckdb.Error as error:
            releases.check_current(home)
            raise QueryFailed(str(error).split("\n\n")[0].replace("\n", " ")) from None


def _asked(release: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    """The result of the one query that a text is. Raises `QueryFailed`."""
    statements = release.extract_statements(sql)
    if not statements:
        raise QueryFailed('there is no query: write one such as "from catalog.coverage"')
    if len(statements) > 1:
        raise QueryFailed("these are several queries: ask one at a time")
    return release.execute(statements[0])


def _columns(result: duckdb.DuckDBPyConnection) -> list[str]:
    return _distinct([column[0] for column in result.description or ()])


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    """The rows as they are found: all of them may be more than there is memory for."""
    while rows := result.fetchmany(_AT_ONCE):
        yield from rows


def _print_table(result: duckdb.DuckDBPyConnection, label: str | None) -> None:
    rows = _rows(result)
    print_table(_columns(result), islice(rows, _MOST_SHOWN), label)
    if next(rows, None):
        say(f"only the first {_MOST_SHOWN:,} rows: --format csv prints all", is_synthetic=False)


def _print_csv(result: duckdb.DuckDBPyConnection, label: str | None) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_columns(result))
    writer.writerows(_rows(result))


def _print_json(result: duckdb.DuckDBPyConnection, label: str | None) -> None:
    columns, between = _columns(result), "[\n"
    for row in _rows(result):
        record = dict(zip(columns, map(as_json, row), strict=True))
        text = json.dumps([record], ensure_ascii=False, indent=1)
        print(between + text.removeprefix("[\n").removesuffix("\n]"), end="")
        between = ",\n"
    print("[]" if between == "[\n" else "\n]")


def _print_parquet(result: duckdb.DuckDBPyConnection, label: str | None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise QueryFailed("parquet is not for a screen: write it to a file with > rows.parquet")
    batches = result.to_arrow_reader(_AT_ONCE)
    names = _distinct(batches.schema.names)
    fields = [field.with_name(name) for field, name in zip(batches.schema, names, strict=True)]
    with pq.ParquetWriter(sys.stdout.buffer, pa.schema(fields)) as writer:
        for batch in batches:
            writer.write_batch(batch.rename_columns(names))


_PRINT = {
    "table": _print_table,
    "csv": _print_csv,
    "json": _print_json,
    "parquet": _print_parquet,
}


@contextmanager
def _at_most(release: duckdb.DuckDBPyConnection, seconds: int) -> Iterator[None]:
    """Interrupt what the connection is doing when so much time has passed."""
    alarm = Timer(seconds, release.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def _distinct(names: list[str]) -> list[str]:
    """The names of columns, a name that was there before with a number: a, a_1."""
    found: list[str] = []
    for name in names:
        others = (f"{name}_{number}" for number in count(1))
        found.append(
            name if name not in found else next(o for o in others if o not in names + found)
        )
    return found
