"""What `yearbook sql` prints of the current release."""

import csv
import json
import sys

import duckdb

from orchestration.cli.printing import as_json, print_table, synthetic_label
from orchestration.progress import say
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import releases


class QueryFailed(WarehouseError):
    """The query is not one that the release can answer; the message is the database's own."""


def print_query(home: Home, sql: str, format: str) -> None:
    """Print the rows of a query over the current release on stdout.

    `format`: table, csv (NULL is empty), json (a list of records, ISO dates, NULL is null) or
    parquet. The first three print text; what is not data goes to stderr.
    Raises `NoRelease` and `QueryFailed`.
    """
    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        try:
            result = release.execute(sql)
            if result is None or result.description is None:
                raise QueryFailed('there is no query: write one such as "from catalog.coverage"')
            if format == "parquet":
                _print_parquet(result)
                return
            columns = [column[0] for column in result.description]
            rows = result.fetchall()
        except duckdb.Error as error:
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


def _print_parquet(result: duckdb.DuckDBPyConnection) -> None:
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise QueryFailed("parquet is not for a screen: write it to a file with > rows.parquet")
    pq.write_table(result.to_arrow_table(), sys.stdout.buffer)
