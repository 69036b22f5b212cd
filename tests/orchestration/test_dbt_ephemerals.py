"""Ephemeral models are put where dbt itself puts them."""

import pytest
from dbt.compilation import inject_ctes_into_sql
from dbt.contracts.graph.nodes import InjectedCTE

from orchestration.dbt_ephemerals import put_at_the_first_with

STATEMENTS = {
    "begins with `with`": "with a as (select 1 as x) select x from a, __dbt__cte__e",
    "behind remarks": "\n-- with what\n/* with */\nwith a as (with b as (select 1) from b) from a",
    "recursive": "with recursive a as (select 1 as x union all select x + 1 from a) from a",
    "none": "-- with nothing\nselect 1 as x from __dbt__cte__e",
    "not the first word": "select * from (with a as (select 1 as x) select x from a) as b",
    "of another kind": "select percentile_cont(0.5) within group (order by x) from __dbt__cte__e",
    "several": "with a as (select 1) from a; with b as (select 2) from b",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_insertion_is_that_of_dbt(statement):
    put = [InjectedCTE(id="e", sql=" __dbt__cte__e as (\nselect 1 as x\n)")]
    by_dbt = inject_ctes_into_sql(statement, put)
    with put_at_the_first_with():
        assert inject_ctes_into_sql(statement, put) == by_dbt
        assert "__dbt__cte__e as (" in by_dbt


def test_no_more_is_read_than_the_tokens(monkeypatch):
    from sqlparse.engine import grouping

    monkeypatch.setattr(grouping, "group", pytest.fail)
    with put_at_the_first_with():
        inject_ctes_into_sql(STATEMENTS["recursive"], [InjectedCTE(id="e", sql="e as (select 1)")])
