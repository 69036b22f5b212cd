"""What differs between two releases, and why."""

import datetime
from pathlib import Path

import duckdb
import pytest

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.contract.tables import Column, Table, Text
from warehouse.explain.differences import Change, compare
from warehouse.store import build, choosing, releases
from warehouse.store.releases import Release

pytestmark = pytest.mark.slow  # each makes releases

FILES = {
    "catalog.dim_file": ("source_id", "edition", "file_name", "snapshot_sha256", "role"),
    "marts.gdp": ("area_code", "year", "value"),
    "marts.remarks": ("text",),
    "marts.later": ("text",),
}
KEYS = {"catalog.dim_file": FILES["catalog.dim_file"][:3], "marts.gdp": ("area_code", "year")}
FILE = "('customs', '2020', 'a.csv', 'sha-a', 'taken')"
GDP = "('11', 2020, 1.5e0), ('12', 2020, 2.5e0)"
PARTS = {"files": "1", "verdicts": "1", "judgement": "1", "code": "1"}


def described(name: str) -> Table:
    return Table(
        Text("Told"), {each: Column(Text("Told")) for each in FILES[name]}, KEYS.get(name, ())
    )


@pytest.fixture
def released(tmp_path):
    home = Home(tmp_path)
    home.build.mkdir(parents=True)
    made = []

    def release(day: int, landed: str = FILE, gdp: str = GDP, later: bool = False, **parts) -> Path:
        build.path(home).unlink(missing_ok=True)
        tables = {"catalog.dim_file": landed, "marts.gdp": gdp, "marts.remarks": "('one'), ('one')"}
        tables |= {"marts.later": "('new'), ('too')"} if later else {}
        with duckdb.connect(str(build.path(home))) as database:
            database.execute("create schema catalog; create schema marts")
            for name, rows in tables.items():
                columns = ", ".join(FILES[name])
                database.execute(f"create table {name} as from (values {rows}) as t ({columns})")
        made.append(day)
        what = Release(
            f"{len(made)}".ljust(64, "0"),
            False,
            datetime.date(2023, 6, day),
            fingerprints=PARTS | parts,
        )
        return releases.publish(home, what, {name: described(name) for name in tables}, {})

    release.home = home
    return release


def test_a_release_does_not_differ_from_itself_or_from_one_made_of_the_same(released):
    one, two = released(1), released(2)
    for other in (one, two):
        found = compare(one, other)
        assert (found.tables, found.reasons) == ([], [])


def test_a_corrected_cell_is_one_change_of_one_table_and_its_file(released):
    one = released(1)
    two = released(2, FILE.replace("sha-a", "sha-b"), GDP.replace("1.5", "3.0"), files="2")
    found = compare(one, two)
    changed = {table.table: table for table in found.tables}
    assert set(changed) == {"catalog.dim_file", "marts.gdp"}
    gdp = changed["marts.gdp"]
    assert (gdp.rows_gone, gdp.rows_new, gdp.rows_changed, gdp.columns) == (0, 0, 1, {"value": 1})
    assert gdp.changes == [Change({"area_code": "11", "year": 2020}, "value", 1.5, 3.0)]
    assert gdp.changes[0].relative == 1.0
    assert found.reasons == ["file customs/2020/a.csv has other content"]


def test_what_the_order_of_a_sum_makes_of_last_digits_is_noise(released):
    before = released(30)
    after = released(30, gdp=f"('11', 2020, {1.5 + 2e-16!r}e0), ('12', 2020, 2.6e0)", code="2")
    [table] = compare(before, after).tables
    assert (table.rows_changed, table.rows_of_noise, table.is_noise) == (1, 1, False)
    assert [change.after for change in table.changes] == [2.6]
    alone = released(30, gdp=f"('11', 2020, {1.5 + 2e-16!r}e0), ('12', 2020, 2.5e0)", code="3")
    [table] = compare(before, alone).tables
    assert table.is_noise and table.rows_of_noise == 1 and not table.columns


def test_a_new_edition_is_named_and_brings_rows(released):
    one = released(1)
    new = (
        "('customs', '2021', 'b.csv', 'sha-c', 'taken'), ('customs', '2021', 'c.csv', 'd', 'held')"
    )
    two = released(2, f"{FILE}, {new}", f"{GDP}, ('11', 2021, 9e0)")
    found = compare(one, two)
    counts = [
        (each.table, each.rows_gone, each.rows_new, each.rows_changed) for each in found.tables
    ]
    assert counts == [("catalog.dim_file", 0, 2, 0), ("marts.gdp", 0, 1, 0)]
    assert found.reasons == ["edition customs/2021: 2 files new, such as b.csv"]
    assert compare(two, one).reasons == ["edition customs/2021: 2 files gone, such as b.csv"]
    held = released(3, FILE.replace("taken", "held"))
    assert compare(one, held).reasons == ["file customs/2020/a.csv is held, was taken"]


def test_other_code_and_a_table_that_one_lacks(released):
    one, two = released(1), released(2, later=True, code="2")
    found = compare(one, two)
    *described, table = found.tables
    assert [each.table for each in described] == ["catalog.dim_column", "catalog.dim_table"]
    assert (table.table, table.only_in, table.rows_new) == ("marts.later", "after", 2)
    assert found.reasons == ["the code differs, or a package that it uses"]
    [*_, table] = compare(two, one).tables
    assert (table.only_in, table.rows_gone) == ("before", 2)


def test_releases_are_named_by_words_dates_and_folders(released):
    one, two = released(1), released(20)
    home = released.home
    assert choosing.folder_of(home, "latest").resolve() == two
    assert choosing.folder_of(home, "previous").resolve() == one
    assert choosing.folder_of(home, "2023-06-19").resolve() == one
    assert choosing.folder_of(home, one.name) == choosing.folder_of(home, str(one)) == one
    with pytest.raises(WarehouseError, match=rf"has no release 2023-05-01: it has {one.name}"):
        choosing.folder_of(home, "2023-05-01")
    (one / "CITATION.cff").chmod(0o644)
    (one / "CITATION.cff").write_text("")
    with pytest.raises(WarehouseError, match="no release, or not what was written"):
        choosing.folder_of(home, "previous")
