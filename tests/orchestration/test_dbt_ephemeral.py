"""Ephemeral models stand where dbt itself puts them."""

import pytest
import sqlparse
from dbt import compilation
from dbt.artifacts.resources import InjectedCTE

from orchestration import dbt_ephemeral

FIRST = InjectedCTE("model.a", " __dbt__cte__a as (with x as (select 1) select * from x)")
SECOND = InjectedCTE("model.b", " __dbt__cte__b as (select ', ' as c)")


@pytest.mark.parametrize("ctes", [[], [FIRST], [FIRST, SECOND]])
@pytest.mark.parametrize(
    "sql",
    [
        "select * from __dbt__cte__a",
        "\n\n-- with what there is\nselect * from (with y as (select 2) select * from y)",
        "with y as (select 2) select * from y",
        "-- a comment\n/* and\nanother */\nWith\n  y as (select 2)\nselect * from y\n",
        "with recursive y as (select 2) select * from y",
        "-- with\nWITH  RECURSIVE\ny as (select 2) select * from y",
        "select 1 as within",
        "from without",
    ],
)
def test_they_are_put_before_the_query(sql, ctes):
    expected = compilation.inject_ctes_into_sql(sql, ctes)
    with dbt_ephemeral.put_first():
        found = compilation.inject_ctes_into_sql(sql, ctes)
    assert _words(found) == _words(expected)
    assert compilation.inject_ctes_into_sql(sql, ctes) == expected


def _words(sql: str) -> list[str]:
    """The words of a query; its comments may stand before a `with` or after it."""
    return sqlparse.format(sql, strip_comments=True).lower().replace(",", " , ").split()
