"""Ephemeral models, which dbt puts before the query that reads them."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt.artifacts.resources import InjectedCTE

# Blanks and comments, and the words after which common table expressions stand
_BEGINNING = re.compile(
    r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*(with\b(?:\s+recursive\b)?)?", re.DOTALL | re.IGNORECASE
)


@contextmanager
def put_first() -> Iterator[None]:
    """Have dbt look for the place at the beginning of a query, where it is.

    It takes the whole query apart and puts it together again, a tenth of its own work.
    """
    from dbt import compilation

    injected = compilation.inject_ctes_into_sql
    compilation.inject_ctes_into_sql = _with
    try:
        yield
    finally:
        compilation.inject_ctes_into_sql = injected


def _with(sql: str, ctes: Sequence["InjectedCTE"]) -> str:
    """A query that begins with other common table expressions."""
    if not ctes:
        return sql
    before = ", ".join(str(each.sql) for each in ctes)
    found = _BEGINNING.match(sql)
    assert found, sql
    head, rest = sql[: found.end()], sql[found.end() :]
    word, between = ("", ", ") if found[1] else ("with", " ")
    return f"{head}{word} {before}{between}{rest}"
