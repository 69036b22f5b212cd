"""What `yearbook sql` prints of the current release."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Timer

import duckdb

from orchestration.cli.printing import as_json, print_table, synthetic_label
from orchestration.progress import say
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import releases


class QueryFailed(WarehouseError):
    """The query is not one that the release can answer; the message is the database's own."""


def print_query(home: Home, sql: str, format: str, megabytes: int, seconds: int) -> None:
    """Print the rows of a query over the current release on stdout.

    `format`: table, csv (NULL is empty), json (a list of records, ISO dates, NULL is null) or
    parquet. The first three print text; what is not data goes to stderr. A column whose name was
    there before gets a number. The query may take so much memory and time and no more.
    Raises `NoRelease`, `DamagedRelease` and `QueryFailed`.
    """
    with releases.connect_current(home, megabytes) as release, _at_most(release, seconds):
        label = synthetic_label(release)
        try:
            result = release.execute(sql)
            if result is None or result.description is None:
                raise QueryFailed('there is no query: write one such as "from catalog.coverage"')
            if format == "parquet":
                _print_parquet(result)
                return
            columns = _distinct([column[0] for column in result.description])
            rows = result.fetchall()
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
    if label and format != "table":
        say(label, is_synthetic=False)
    if format == "table":
        print_table(columns, rows, label)
    elif format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        records = [dict(zip(columns, map(as_json, row), strict=True)) for row in rows]
        print(json.dumps(records, ensure_ascii=False, indent=1))


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


def _print_parquet(result: duckdb.DuckDBPyConnection) -> None:
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise QueryFailed("parquet is not for a screen: write it to a file with > rows.parquet")
    table = result.to_arrow_table()
    pq.write_table(table.rename_columns(_distinct(table.column_names)), sys.stdout.buffer)
