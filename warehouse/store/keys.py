"""The keys of the tables of a build file: what each claims, and the rows that break it.

A table whose rows hold from `known_from` to `known_to` has its key at each date, every other once.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from warehouse.contract.home import Home
from warehouse.store import build

if TYPE_CHECKING:
    import pandas as pd

INTERVAL = ("known_from", "known_to")


def broken(
    home: Home, declared: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str, "pd.DataFrame"]]:
    """Of the declared keys, by address, those that do not hold: address, claim and failing rows.

    In the order in which they are declared; a table that is not there breaks nothing.
    """
    with build.attached(home) as database:
        database.execute("use build; set threads = 1")  # short queries: a second thread costs more
        columns = build.columns(database)
        for address, key in declared.items():
            if address not in columns:
                continue
            is_of_dates = {*INTERVAL} <= {*columns[address]}
            query = _overlapping(address, key) if is_of_dates else repeated(address, key)
            incomplete = (f"{column} is null" for column in key)
            rows = database.execute(" or ".join((query, *incomplete))).df()
            if len(rows):
                yield address, _claim(key, is_of_dates), rows


def repeated(rows: str, key: Sequence[str]) -> str:
    """SQL of the keys that more than one row has, with how many have it; a condition ends it."""
    return f"select {', '.join(key)}, count(*) as copies from {rows} group by all having copies > 1"


def _overlapping(rows: str, key: Sequence[str]) -> str:
    """SQL of intervals that are none or overlap with the next of their key; a condition ends it."""
    named = ", ".join(key)
    return (
        f"select {named}, known_from, known_to, lead(known_from) over of_key as next_known_from "
        f"from {rows} window of_key as (partition by {named} order by known_from) "
        "qualify known_from is null or known_to <= known_from "
        "or next_known_from < coalesce(known_to, 'infinity')"
    )


def _claim(key: Sequence[str], is_of_dates: bool) -> str:
    columns = ", ".join(key)
    if is_of_dates:
        return (
            f"Of the rows of one {columns} one holds at a time: no interval ends before it begins "
            "or overlaps with the next, and no column of the key is NULL."
        )
    return f"No two rows have the same {columns}, the key of the table, and no part of it is NULL."
