"""What is printed of a release, whatever was asked: tables, records, and that it is synthetic."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.translations import in_language


def synthetic_label(release: duckdb.DuckDBPyConnection) -> str | None:
    """What has to stand above every table that is made of synthetic data."""
    [(is_synthetic, label)] = release.execute(
        "select is_synthetic, label from catalog.release"
    ).fetchall()
    return in_language(label) if is_synthetic else None


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
    console = Console(markup=False, width=None if sys.stdout.isatty() else 100_000)
    with console.capture() as captured:  # rich ends the program where nobody reads on
        console.print(table)
    print(captured.get(), end="")


def print_json(value: Any) -> None:
    """Print records as a program reads them."""
    print(json.dumps(as_json(value), ensure_ascii=False, indent=1))


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
