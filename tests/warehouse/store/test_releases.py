"""A release: described, read-only, made beside the last one and switched to in one step."""

import dataclasses
import datetime
import json
import os
from pathlib import Path
from unittest.mock import Mock

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse.contract.files import write_sealed
from warehouse.contract.home import Home
from warehouse.contract.tables import Column, Table, Text
from warehouse.store import build, releases
from warehouse.store.release_database import BrokenKey
from warehouse.store.releases import DamagedRelease, NoRelease, Release

AREAS = Table(Text("Provinces"), {"area": Column(Text("Code"))}, ("area",))
GDP = Table(
    Text("Gross regional product", "地区生产总值"),
    {
        "area": Column(Text("Province's code"), references="catalog.areas"),
        "value": Column(Text("Value", "数值"), Text("100 million yuan", "亿元")),
    },
    ("area",),
)
DESCRIBED = {"marts.gdp": GDP, "catalog.areas": AREAS}


def make_build(home: Home, rows: str = "('b', 2.0), ('a', 1.0), ('c', null)") -> None:
    home.build.mkdir(parents=True, exist_ok=True)
    build.path(home).unlink(missing_ok=True)
    with duckdb.connect(str(build.path(home))) as database:
        database.execute(
            "create schema raw; create schema staging; create schema marts; create schema catalog;"
            "create table catalog.areas as from (values ('a'), ('b'), ('c')) as areas (area);"
            "create view raw.cells as select 1 as one;"
            "create view staging.cells as from build.raw.cells;"
            "create table marts.gdp (area varchar, value double);"
            f"insert into marts.gdp values {rows};"
            "create macro marts.above(floor) as table select * from marts.gdp where value > floor"
        )


def release_of(fingerprint: str, is_synthetic: bool = False) -> Release:
    return Release(fingerprint.ljust(64, "0"), is_synthetic, datetime.date(2023, 6, 30))


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "it's a home")
    make_build(home)
    releases.publish(home, release_of("one"), DESCRIBED, {"passed": 3})
    return home


def rows(home: Home, query: str) -> list[tuple]:
    with releases.connect_current(home) as release:
        return release.execute(query).fetchall()


def test_a_release_has_tables_macros_and_their_descriptions_and_nothing_else(home):
    assert rows(home, "from marts.gdp") == [("a", 1.0), ("b", 2.0), ("c", None)]
    assert rows(home, "from marts.above(1)") == [("b", 2.0)]
    assert rows(home, "select distinct schema_name from duckdb_tables() order by 1") == [
        ("catalog",),
        ("marts",),
    ]
    assert rows(home, "select view_name from duckdb_views() where not internal") == []
    described = dict(
        rows(
            home,
            "select table_name || '.' || column_name, comment from duckdb_columns() where not internal",
        )
    )
    assert described["gdp.area"] == "Province's code"
    assert described["gdp.value"] == "Value [100 million yuan]"
    assert all(described.values())
    assert rows(home, "from catalog.release") == [
        (
            "2023-06-30-one00000",
            False,
            "Yearbook, release 2023-06-30-one00000",
            "one".ljust(64, "0"),
            datetime.date(2023, 6, 30),
            None,
            "Yearbook (2023). Yearbook: a warehouse of China's statistical yearbooks. Yearbook, "
            f"release 2023-06-30-one00000 [Data set]. Fingerprint {'one'.ljust(64, '0')}.",
        )
    ]


def test_parquet_and_facts_lie_beside_it_and_every_file_is_read_only(home):
    folder = home.releases / "2023-06-30-one00000"
    assert (home.releases / "current").resolve() == folder
    assert pq.read_table(folder / "parquet" / "marts" / "gdp.parquet")["area"].to_pylist() == [
        "a",
        "b",
        "c",
    ]
    facts = json.loads((folder / "release.json").read_text())
    assert facts["tables"] == {
        "catalog.areas": 3,
        "catalog.dim_column": 24,
        "catalog.dim_table": 5,
        "catalog.release": 1,
        "marts.gdp": 3,
    }
    assert facts["checks"] == {"passed": 3}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o444}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_nobody_reads_what_the_umask_of_its_maker_forbids(home):
    before = os.umask(0o077)
    try:
        folder = releases.publish(home, release_of("two"), DESCRIBED, {})
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.*") if path.is_file()} == {
        0o400
    }


def test_a_reader_keeps_its_release_while_the_next_one_is_made(home):
    make_build(home, "('a', 7.0)")
    with releases.connect_current(home) as reader:
        releases.publish(home, release_of("two"), DESCRIBED, {})
        assert reader.execute("select max(value) from marts.gdp").fetchone() == (2.0,)
    assert rows(home, "select max(value) from marts.gdp") == [(7.0,)]
    releases.publish(home, release_of("one"), DESCRIBED, {})  # the code was put back
    assert rows(home, "select max(value) from marts.gdp") == [(2.0,)]


def test_what_a_killed_refresh_left_is_removed(home):
    (home.releases / ".2023-06-30-two00000.tmp" / "parquet").mkdir(parents=True)
    (home.releases / ".current.tmp").symlink_to("nowhere")
    releases.publish(home, release_of("two"), DESCRIBED, {})
    assert sorted(path.name for path in home.releases.iterdir()) == [
        "2023-06-30-one00000",
        "2023-06-30-two00000",
        "current",
    ]


def test_a_refresh_killed_before_the_switch_leaves_the_last_release(home, monkeypatch):
    make_build(home, "('a', 7.0)")
    with monkeypatch.context() as patch:
        patch.setattr(releases.os, "replace", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            releases.publish(home, release_of("two"), DESCRIBED, {})
    assert rows(home, "select max(value) from marts.gdp") == [(2.0,)]
    releases.publish(home, release_of("two"), DESCRIBED, {})
    assert rows(home, "select max(value) from marts.gdp") == [(7.0,)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "yearbook.duckdb").unlink(),
        lambda folder: os.truncate(folder / "yearbook.duckdb", 20_000),
        lambda folder: (folder / "yearbook.duckdb").write_bytes(b"x" * 99),
        lambda folder: (folder / "parquet/marts/gdp.parquet").write_bytes(b""),
        lambda folder: (folder / "release.json").write_text("{"),
        lambda folder: (folder / "dictionary.xlsx").unlink(),
    ],
)
def test_a_damaged_release_is_named_and_made_anew(home, damage):
    folder = (home.releases / "current").resolve()
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    damage(folder)
    assert releases.current(home) is None
    assert not releases.return_to(home, release_of("one").fingerprint)
    with pytest.raises(DamagedRelease, match=rf"release {folder.name} .*: `yearbook refresh`"):
        releases.check_current(home)
    releases.publish(home, release_of("one"), DESCRIBED, {})
    assert releases.current(home)["name"] == folder.name
    assert rows(home, "select count(*) from marts.gdp") == [(3,)]
    assert not list(home.releases.glob(".*"))


def test_a_database_that_cannot_be_opened_is_a_sentence(home):
    database = (home.releases / "current").resolve() / "yearbook.duckdb"
    database.chmod(0o644)
    os.truncate(database, 20_000)
    with pytest.raises(DamagedRelease, match="makes it anew"):
        rows(home, "from marts.gdp")


def test_what_this_user_may_not_read_is_neither_damaged_nor_missing(home, monkeypatch):
    def refused(_: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(releases, "facts_of", lambda _: None)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="Permission denied"):
        releases.connect_current(home)
    monkeypatch.setattr(Path, "lstat", refused)
    with pytest.raises(PermissionError):
        releases.connect_current(home)


def test_a_synthetic_release_says_so(home):
    releases.publish(home, release_of("three", is_synthetic=True), DESCRIBED, {})
    [(name, label)] = rows(home, "select release, label from catalog.release")
    assert name == "SYNTHETIC-2023-06-30-three000"
    assert label.startswith("SYNTHETIC ")


def test_a_column_without_description_stops_the_release(home):
    undescribed = dataclasses.replace(GDP, columns={"area": GDP.columns["area"]})
    with pytest.raises(ValueError, match=r"no description for marts\.gdp\.value"):
        releases.publish(home, release_of("two"), DESCRIBED | {"marts.gdp": undescribed}, {})
    assert (home.releases / "current").resolve().name == "2023-06-30-one00000"


def test_keys_and_references_are_kept_by_the_release(home):
    keys = "select constraint_type, constraint_column_names from duckdb_constraints() where table_name = $1"
    with releases.connect_current(home) as release:
        kept = dict(
            release.execute(f"{keys} and constraint_type <> 'NOT NULL'", ["gdp"]).fetchall()
        )
        [[to]] = release.execute(
            "select references_table || '.' || references_column from catalog.dim_column "
            "where table_name = 'marts.gdp' and column_name = 'area'"
        ).fetchall()
        within = release.execute(f"{keys} and constraint_type = 'FOREIGN KEY'", ["dim_column"])
        assert len(within.fetchall()) == 2
    assert kept == {"PRIMARY KEY": ["area"]} and to == "catalog.areas.area"
    make_build(home, "('a', 1.0), ('a', 2.0)")
    with pytest.raises(BrokenKey, match=r"marts\.gdp has more than one row with area a$"):
        releases.publish(home, release_of("two"), DESCRIBED, {})
    make_build(home, "('a', 1.0), ('z', 2.0)")
    with pytest.raises(BrokenKey, match=r"marts\.gdp has area z, which catalog\.areas has not"):
        releases.publish(home, release_of("two"), DESCRIBED, {})
    assert (home.releases / "current").resolve().name == "2023-06-30-one00000"


def test_a_view_stops_the_release(home):
    with duckdb.connect(str(build.path(home))) as database:
        database.execute("create view marts.seen as from marts.gdp")
    with pytest.raises(ValueError, match=r"marts\.seen is a view"):
        releases.publish(home, release_of("two"), DESCRIBED, {})


@pytest.mark.parametrize(
    "statement",
    [
        "create table marts.t as select 1",
        "drop table marts.gdp",
        "insert into marts.gdp values ('d', 1)",
        "comment on table marts.gdp is 'mine'",
        "attach 'other.duckdb'",
        "from read_csv('/etc/hostname')",
        "from read_text('/etc/hostname')",
        "from glob('/etc/*')",
        "from '/etc/hostname.csv'",
        "copy marts.gdp to '/tmp/gdp.csv'",
        "export database '/tmp/gdp'",
        "install excel",
        "load excel",
        "set enable_external_access = true",
        "set memory_limit = '1GB'",
        "reset enable_external_access",
        "pragma enable_object_cache = true",
    ],
)
def test_the_connection_can_do_nothing_but_read(home, statement):
    with releases.connect_current(home) as release, pytest.raises(duckdb.Error):
        release.execute(statement)


def test_without_a_release_it_says_how_to_make_one(tmp_path):
    with pytest.raises(NoRelease, match="run `yearbook refresh`"):
        releases.connect_current(Home(tmp_path))


def test_the_fingerprint_follows_facts_and_code_and_nothing_else(tmp_path):
    home, project = Home(tmp_path / "home"), tmp_path / "project"

    def write(path: Path, text: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return releases.fingerprint(home, project=project)

    seen = [
        write(home.snapshots / "files" / "customs" / "2020" / "a.csv.json", "{}"),
        write(project / "dbt_project" / "models" / "gdp.sql", "select 1"),
        write(project / "analytics" / "studies" / "study.yml", "study: one"),
        write(project / "requirements.lock", "duckdb==1.5.5"),
        write(home.snapshots / "files" / "customs" / "2020" / "a.csv.json", '{"bytes": 1}'),
    ]
    assert len(set(seen)) == len(seen)
    assert write(project / "dbt_project" / "target" / "compiled.sql", "select 2") == seen[-1]
    assert write(project / "analytics" / "__pycache__" / "x.py", "") == seen[-1]
    assert write(project / "docs" / "method.md", "text") == seen[-1]


def test_no_file_of_the_code_is_left_out_of_the_fingerprint():
    for folder in (releases.PROJECT / name for name in releases.CODE_FOLDERS):
        found = (path.relative_to(folder) for path in folder.rglob("[!.]*") if path.is_file())
        made = {"__pycache__", "dbt_packages", "logs", "target"}  # by Python and dbt
        files = {folder / path for path in found if not made & {*path.parts}}
        assert {*releases.code(folder)} == files


def test_a_later_edition_changes_nothing_as_of_an_earlier_date(tmp_path):
    home, project = Home(tmp_path / "home"), tmp_path / "project"
    as_of = datetime.date(2019, 12, 31)

    def land(edition: str, published_on: str | None) -> None:
        facts = home.snapshots / "files" / "customs" / edition / "a.csv.json"
        write_sealed(facts, {"published_on": published_on, "edition": edition})

    def fingerprints() -> tuple[str, str, str]:
        dates = (None, as_of, datetime.date(2018, 1, 1))
        return tuple(releases.fingerprint(home, date, project) for date in dates)

    land("2019", "2019-12-31")
    newest, then, before = fingerprints()
    assert len({newest, then, before}) == 3
    land("2020", "2020-01-01")
    land("undated", None)
    assert fingerprints()[1:] == (then, before) and fingerprints()[0] != newest


def test_a_release_made_before_is_returned_to(home):
    make_build(home, "('a', 9.0)")
    as_of = dataclasses.replace(release_of("two"), as_of=datetime.date(2020, 1, 1))
    assert as_of.name == "as-of-2020-01-01-two00000"
    releases.publish(home, as_of, DESCRIBED, {})
    assert rows(home, "select as_of from catalog.release") == [(datetime.date(2020, 1, 1),)]
    assert releases.return_to(home, release_of("one").fingerprint)
    assert rows(home, "select count(*) from marts.gdp") == [(3,)]
    assert not releases.return_to(home, release_of("three").fingerprint)
    assert releases.current(home)["name"] == release_of("one").name


def test_rows_that_held_at_times_are_cut_into_now_and_the_history(tmp_path):
    home = Home(tmp_path)
    make_build(home)
    with duckdb.connect(str(build.path(home))) as database:
        for table in ("panel", "fct_observation", "fct_observation__vintages"):
            database.execute(
                f"create table marts.{table} as from (values "
                "('a', 1, date '2020-01-01', date '2021-01-01'), ('a', 2, date '2021-01-01', null), "
                "('b', 3, date '2020-01-01', date '2021-01-01')) "
                "as rows (area, value, known_from, known_to)"
            )
    columns = ("area", "value", "known_from", "known_to")
    said_once = Table(Text("Said once", "只说一次"), {c: Column(Text("Same")) for c in columns})
    described = DESCRIBED | {
        "marts.panel": dataclasses.replace(said_once, key=("area",)),
        "marts.fct_observation": dataclasses.replace(said_once, key=("area",)),
        "marts.fct_observation__vintages": said_once,
    }
    releases.publish(home, release_of("cut"), described, {})
    assert rows(home, "from marts.panel") == rows(home, "from marts.fct_observation") == [("a", 2)]
    for history in ("panel__vintages", "fct_observation__as_of", "fct_observation__vintages"):
        assert rows(home, f"select count(*), count(known_to) from marts.{history}") == [(3, 2)]
    said = dict(rows(home, "select table_name, comment from duckdb_tables()"))
    assert said["panel__vintages"] == "At any time: Said once"
    assert said["fct_observation__vintages"] == "Said once"
    keys = (
        "select table_name, column_name from catalog.dim_column where key_position > 1 order by 1"
    )
    assert rows(home, keys) == [
        ("catalog.dim_column", "column_name"),
        ("marts.fct_observation__as_of", "known_from"),
        ("marts.panel__vintages", "known_from"),
    ]


def test_an_installed_program_needs_no_package_of_an_extra(monkeypatch):
    monkeypatch.setattr(releases, "requires", lambda _: ["duckdb>=1", 'nowhere; extra == "rds"'])
    [package] = releases.packages()
    assert package == f"duckdb {duckdb.__version__}"
