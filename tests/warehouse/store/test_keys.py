"""The keys of a build file: rows that break one are found, whatever table they stand in."""

import duckdb
import pytest

from warehouse.contract.home import Home
from warehouse.store import build, keys

ONCE = "area, year"
OF_DATES = "area, year, known_from, known_to"
KEY = ("area", "year")


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "it's a home")
    home.build.mkdir(parents=True)
    return home


def _make(home: Home, address: str, columns: str, *rows: str) -> None:
    with duckdb.connect(str(build.path(home))) as database:
        database.execute(f"create schema if not exists {address.partition('.')[0]}")
        database.execute(
            f"create table {address} as "
            f"select * from (values {', '.join(rows)}) as made ({columns})"
        )


def _interval(known_from: str, known_to: str | None = None, area: str = "'a'") -> str:
    ends = f"date '{known_to}'" if known_to else "cast(null as date)"
    begins = f"date '{known_from}'" if known_from else "cast(null as date)"
    return f"({area}, 2012, {begins}, {ends})"


@pytest.mark.parametrize("address", ["staging.t", "marts.t"])
@pytest.mark.parametrize(
    ("columns", "rows", "broken"),
    [
        (ONCE, ["('a', 2012)", "('a', 2013)", "('b', 2012)"], []),
        (ONCE, ["('a', 2012)", "('a', 2013)", "('a', 2012)"], ["2"]),
        (ONCE, ["('a', 2012)", "('b', null)"], ["1"]),
        (OF_DATES, [_interval("2018-01-01", "2019-01-01"), _interval("2019-01-01")], []),
        (
            OF_DATES,
            [_interval("2018-01-01", "2019-01-02"), _interval("2019-01-01")],
            ["2018-01-01"],
        ),
        (OF_DATES, [_interval("2018-01-01"), _interval("2018-01-01")], ["2018-01-01"]),
        (OF_DATES, [_interval("2018-01-01"), _interval("2019-01-01", area="'b'")], []),
        (OF_DATES, [_interval("2018-01-01", "2018-01-01")], ["2018-01-01"]),
        (OF_DATES, [_interval("2018-01-01", area="cast(null as varchar)")], ["2018-01-01"]),
        (OF_DATES, [_interval("")], ["NaT"]),
    ],
)
def test_rows_that_break_a_key_are_found(home, address, columns, rows, broken):
    _make(home, address, columns, *rows)
    found = [*keys.broken(home, {address: KEY})]
    assert [table for table, _, _ in found] == [address] * bool(broken)
    for _, said, failing in found:
        assert "area, year" in said and "NULL" in said
        assert ("one holds at a time" in said) == (columns == OF_DATES)
        # How many rows have it, or since when
        assert [str(value)[:10] for value in failing.iloc[:, 2]] == broken


def test_each_broken_key_is_told_and_a_table_that_is_not_there_breaks_none(home):
    _make(home, "staging.areas", ONCE, "('a', 2012)", "('a', 2012)")
    _make(home, "marts.areas", ONCE, "('a', 2012)")
    _make(home, "marts.panel", OF_DATES, _interval("2018-01-01"), _interval("2019-01-01"))
    declared = dict.fromkeys(("staging.areas", "marts.areas", "marts.panel", "marts.none"), KEY)
    assert {table for table, _, _ in keys.broken(home, declared)} == {
        "staging.areas",
        "marts.panel",
    }
