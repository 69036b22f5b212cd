"""What `yearbook sql` and `yearbook coverage` print of the current release."""

import csv
import json
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb

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


def print_coverage(home: Home, is_json: bool = False) -> None:
    """Print the variables of the study: years, area-years known and missing; below them what is
    missing, which source has it, in which layout, and where to put the file."""
    from warehouse.explain.coverage import COUNTS, gaps, summarise

    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        summary = summarise(
            release.execute("from catalog.dim_indicator").df(),
            release.execute("from catalog.coverage").df(),
        )
        missing = gaps(
            summary,
            release.execute(
                "from catalog.missing_value order by indicator_id, year, province_code"
            ).df(),
            release.execute(
                "from catalog.where_to_get "
                "order by indicator_id, provides, authority nulls last, source_id, table_title"
            ).df(),
        )
    if is_json:
        if label:
            say(label, is_synthetic=False)
        records = summary.astype(object).where(summary.notna(), None).to_dict("records")
        for record in records:
            record["missing"] = [
                gap.record() for gap in missing if gap.variable == record["indicator_id"]
            ]
        print(json.dumps(as_json(records), ensure_ascii=False, indent=1))
        return
    there = summary.dropna(subset="first_year")
    columns = ["variable", "role", "years", *COUNTS.values(), "newest file"]
    rows = [
        (
            row.indicator_id,
            row.study_role,
            f"{row.first_year}-{row.last_year}",
            *(getattr(row, name) for name in COUNTS.values()),
            row.newest_published_on.date(),
        )
        for row in there.itertuples()
    ]
    print_table(columns, rows, f"{label or 'Variables of the study'}, in areas times years")
    told = set()
    for gap in missing:
        print(gap.sentence() + (" (see above)" if gap.provides in told and gap.places else ""))
        for place in gap.places if gap.provides not in told else ():
            print("\n".join(f"   {line}" for line in place.lines(home.root)))
        told.add(gap.provides)


def synthetic_label(release: duckdb.DuckDBPyConnection) -> str | None:
    """What has to stand above every table that is made of synthetic data."""
    is_synthetic, label = release.execute(
        "select is_synthetic, label from catalog.release"
    ).fetchone()
    return label if is_synthetic else None


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    if title:
        print(title)  # not the table's own title, which is folded to the width of its columns
    table = Table(box=SIMPLE, highlight=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    # Where nobody looks on, as in a pipe, no column is folded to fit a screen
    Console(markup=False, width=None if sys.stdout.isatty() else 100_000).print(table)


def _print_parquet(result: duckdb.DuckDBPyConnection) -> None:
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise QueryFailed("parquet is not for a screen: write it to a file with > rows.parquet")
    pq.write_table(result.to_arrow_table(), sys.stdout.buffer)


def as_json(value: Any) -> Any:
    """A value as JSON knows it; what is not a number, such as NaN, is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return value if isinstance(value, str | int | bool | None) else str(value)
