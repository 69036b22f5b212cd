"""What `yearbook sql` prints of the current release."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from itertools import count, islice
from threading import Timer

import duckdb

from orchestration.cli.printing import as_json, print_table, synthetic_label
from orchestration.progress import say
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import releases

_AT_ONCE = 10_000
# What a person looks at, and what a table on a pipe has room for
_ON_A_SCREEN, _IN_A_TABLE = 1_000, 10_000


class QueryFailed(WarehouseError):
    """The query is not one that the release can answer; the message is the database's own."""


def print_query(
    home: Home, sql: str, format: str, limit: int | None, megabytes: int, seconds: int
) -> None:
    """Print the rows of a query over the current release on stdout.

    `format`: table, csv (NULL is empty), json (a list of records, ISO dates, NULL is null) or
    parquet. The first three print text; what is not data goes to stderr. A column whose name was
    there before gets a number. `limit` rows are printed, with 0 all; unless it is given, 1,000 on
    a terminal and 10,000 in a table. The query may take so much memory and time and no more; its
    rows are printed while it finds them.
    Raises `NoRelease`, `DamagedRelease` and `QueryFailed`.
    """
    with releases.connect_current(home, megabytes) as release, _at_most(release, seconds):
        label = synthetic_label(release)
        try:
            result = _asked(release, sql)
            if label and format not in ("table", "parquet"):
                say(label, is_synthetic=False)
            if format == "parquet":
                _print_parquet(result, limit)
            else:
                _print_text(result, format, _most(format) if limit is None else limit, label)
        except duckdb.InterruptException:
            raise QueryFailed(
                f"the query took longer than {seconds} seconds: give it more with --timeout"
            ) from None
        except duckdb.OutOfMemoryException:
            raise QueryFailed(
                f"the query needs more than {megabytes} MB of memory: give it more with --memory"
            ) from None
        except duckdb.PermissionException:
            database = home.releases / releases.CURRENT / releases.DATABASE
            raise QueryFailed(
                "a query reaches the tables of the release, and no file: for one that does, open "
                f"{database} with DuckDB itself"
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


def _most(format: str) -> int:
    """How many rows are printed unless it is said how many; 0: all."""
    if sys.stdout.isatty():
        return _ON_A_SCREEN
    return _IN_A_TABLE if format == "table" else 0


def _print_text(
    result: duckdb.DuckDBPyConnection, format: str, most: int, label: str | None
) -> None:
    rows = _rows(result)
    _PRINT[format](_columns(result), islice(rows, most or None), label)
    if next(rows, None):
        text = _("only the first {rows:,} rows: --limit 0 prints all").format(rows=most)
        say(text, is_synthetic=False)


def _print_csv(columns: Sequence[str], rows: Iterable[tuple], label: str | None) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def _print_json(columns: Sequence[str], rows: Iterable[tuple], label: str | None) -> None:
    between = "[\n"
    for row in rows:
        record = dict(zip(columns, map(as_json, row), strict=True))
        text = json.dumps([record], ensure_ascii=False, indent=1)
        print(between + text.removeprefix("[\n").removesuffix("\n]"), end="")
        between = ",\n"
    print("[]" if between == "[\n" else "\n]")


_PRINT = {"table": print_table, "csv": _print_csv, "json": _print_json}


def _print_parquet(result: duckdb.DuckDBPyConnection, limit: int | None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise QueryFailed("parquet is not for a screen: write it to a file with > rows.parquet")
    batches = result.to_arrow_reader(_AT_ONCE)
    names = _distinct(batches.schema.names)
    fields = [field.with_name(name) for field, name in zip(batches.schema, names, strict=True)]
    left = limit or sys.maxsize
    try:
        file = pq.ParquetWriter(sys.stdout.buffer, pa.schema(fields))
    except pa.ArrowNotImplementedError as error:
        raise QueryFailed(
            f"Parquet has no such type ({error}): write the column as text, such as duration::text"
        ) from None
    with file as writer:
        for batch in batches:
            if left > 0:
                writer.write_batch(batch.slice(0, left).rename_columns(names))
            left -= batch.num_rows


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
