"""Releases that Apache Spark made beside those of DuckDB."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration import dbt_runner
from orchestration.engines import EngineMissing, spark
from tests.engines import servers
from tests.engines.tables_compared import BY_SQL, differences
from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store import build

pytestmark = [pytest.mark.spark, pytest.mark.slow]

# What is estimated: system GMM makes 1e-4 of a last digit
ESTIMATED = r"results\.(estimates|models)"
# A command that hangs must not hang the suite, a busy machine must not fail it
TIME_OUT = 7200
# Eight provinces of two indicators, in three editions: the second prints what the first one does,
# the third all of one indicator a hundred times as large
PROVINCES = ("北京市", "天津市", "河北省", "山西省", "内蒙古自治区", "辽宁省", "吉林省", "黑龙江省")
INDICATORS = {"地区生产总值": "亿元", "年末常住人口": "万人"}
EDITIONS = {"2018-06": 1, "2019-06": 1, "2020-06": 100}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of Spark Connect."""
    with servers.connect(tmp_path_factory.mktemp("server") / "connect") as address:
        yield address


def _yearbook(*arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("yearbook")), *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=TIME_OUT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _current(home: Path) -> Path:
    return (home / "releases" / "current").resolve()


def _facts(home: Path) -> dict[str, Any]:
    return json.loads((_current(home) / "release.json").read_text(encoding="utf-8"))


def _assert_same_release(one: Path, other: Path) -> None:
    databases = [_current(home) / "yearbook.duckdb" for home in (one, other)]
    found = differences(*databases, BY_SQL, 1e-12) + differences(*databases, ESTIMATED, 1e-3)
    assert not found, "\n".join(found)
    told, told_of_other = _facts(one), _facts(other)
    for fact in ("name", "fingerprint", "tables", "checks"):
        assert told[fact] == told_of_other[fact]
    assert (told["engine"], told_of_other["engine"]) == ("duckdb", "spark")


def test_the_demonstration_is_the_same_release(tmp_path: Path) -> None:
    """Every table of it to 1e-12; every check, dbt's among them, ends in the same way."""
    _yearbook("demo", "--home", str(tmp_path / "duckdb"))
    on_spark = ("--engine", "spark", "--master", "local[2]")
    _yearbook("demo", "--home", str(tmp_path / "spark"), *on_spark)
    _assert_same_release(tmp_path / "duckdb", tmp_path / "spark")
    assert not (tmp_path / "spark" / "build" / "spark").exists()


@pytest.mark.long
def test_golden_numbers_are_those_of_duckdb(tmp_path: Path) -> None:
    """The unit tests of the SQL; those of stg_cells fill the memory that Spark has (docs/engines.md)."""
    home = _empty_home(tmp_path)
    with spark.opened(home, None, "local[2]") as engine:
        engine.build(["seed", "--select", "identities"])  # whose columns a fixture asks for
        # Code that is compiled for a handful of rows takes longer than the rows
        engine.session.conf.set("spark.sql.codegen.wholeStage", "false")
        engine.session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        tests = ("--select", "test_type:unit", "--exclude", "test_type:unit,stg_cells")
        results = engine.build(["test", *tests]).results
    wrong = [result for result in results if result.status != "pass"]
    assert results and not wrong, [f"{result.node.name}: {result.message}" for result in wrong]


def _empty_home(folder: Path) -> Home:
    home = Home(folder / "home")
    raw.read(home)
    build.begin(home)
    return home


@pytest.mark.long
def test_a_cluster_makes_the_same_release_and_holds_the_same_file(tmp_path: Path) -> None:
    """One master and two workers on this machine; a file that differs by a power of ten is held."""
    homes = _homes_of_a_landing(tmp_path)
    with servers.cluster(tmp_path / "cluster") as (master, environment):
        asked = {"YEARBOOK_ENGINE": "spark", "YEARBOOK_MASTER": master}
        _yearbook(*_refreshing(homes["spark"]), **environment, **asked)
    _assert_same_release(homes["duckdb"], homes["spark"])
    _assert_held(homes["spark"])


@pytest.mark.long
def test_a_server_makes_the_same_release_and_holds_the_same_file(
    tmp_path: Path, server: str
) -> None:
    homes = _homes_of_a_landing(tmp_path)
    _yearbook(*_refreshing(homes["spark"]), "--engine", "spark", "--master", server)
    _assert_same_release(homes["duckdb"], homes["spark"])
    _assert_held(homes["spark"])


def _homes_of_a_landing(folder: Path) -> dict[str, Path]:
    """A home for each engine, that of DuckDB refreshed; both have the landing folder beside them."""
    for edition, factor in EDITIONS.items():
        _land(folder / "landing" / "nbs_portal" / edition, factor)
    homes = {name: folder / name for name in ("duckdb", "spark")}
    _yearbook(*_refreshing(homes["duckdb"]))
    return homes


def _refreshing(home: Path) -> tuple[str, ...]:
    return ("refresh", "--landing", str(home.parent / "landing"), "--home", str(home))


def _assert_held(home: Path) -> None:
    with duckdb.connect(str(_current(home) / "yearbook.duckdb")) as database:
        held = database.execute("select edition from catalog.dim_file where role = 'held'")
        assert held.fetchall() == [("2020-06",)]


def _land(folder: Path, factor: int) -> None:
    """A file of each indicator, the first of them times the factor."""
    folder.mkdir(parents=True)
    declared = "".join(
        f"  {number}.csv: {{indicator: {name}, unit: {unit}}}\n"
        for number, (name, unit) in enumerate(INDICATORS.items())
    )
    (folder / "_edition.yml").write_text(
        f"published_on: {folder.name}-30\nfiles:\n{declared}", encoding="utf-8"
    )
    for number in range(len(INDICATORS)):
        times = factor if number == 0 else 1
        rows = [
            f"{name},{times * 1.5 * (10 + place + number)},{times * (10 + place + number)}"
            for place, name in enumerate(PROVINCES)
        ]
        text = "\n".join(["地区,2017年,2016年", *rows, ""])
        (folder / f"{number}.csv").write_text(text, encoding="utf-8")


def test_the_walk_holds_what_a_walk_by_hand_holds(tmp_path: Path, server: str) -> None:
    """DuckDB, Spark and a server of Spark, on findings at random of files that measure each other, several worlds in one."""
    findings = _findings_at_random(random.Random(20))
    files = sorted({row["file_id"] for row in findings})
    held = _walked_by_hand(files, findings)
    assert 10 < len(held) < len(files) - 10
    home = _home_of(tmp_path, files, findings)
    dbt_runner.run(home, ["run", "--select", "int_files_held"])
    assert _held(home) == held
    for master in ("local[2]", server):
        assert _held_by_spark(home, master, tmp_path / "findings.parquet") == held


def _held_by_spark(home: Home, master: str, findings: Path) -> set[str]:
    with duckdb.connect(str(build.path(home))) as database:
        database.execute("drop table intermediate.int_files_held")
    with spark.opened(home, None, master) as engine:
        place = engine.tables.parent / "findings"
        place.mkdir()
        shutil.copy(findings, place)
        engine.session.sql(
            f"create table intermediate.int_file_findings using parquet location '{place.as_uri()}'"
        )
        engine.build(["run", "--select", "int_files_held"])
    return _held(home)


FINDINGS = pa.schema(
    [
        ("file_id", pa.string()),
        ("indicator_id", pa.string()),
        ("series_vintage", pa.string()),
        ("finding", pa.string()),
        ("turn", pa.int64()),
        ("claim", pa.string()),
        ("excused_by", pa.string()),
        ("period", pa.string()),
        ("measure_file_id", pa.string()),
        ("preference", pa.int64()),
        ("cells_found", pa.int64()),
        ("cells_compared", pa.int64()),
        ("share_allowed", pa.float64()),
    ]
)


def _findings_at_random(chance: random.Random) -> list[dict[str, Any]]:
    """Ten worlds of eight files, each measured by any of those before it in its world."""
    rows = []
    for world in range(10):
        for place in range(8):
            file_id = f"s/{place}{world}"
            earlier = [f"s/{before}{world}" for before in range(place)]
            for turn, finding, excused_by, share in (
                (0, "own", None, 0.25),
                (2, "other", "own", 0.0),
                (5, "level", None, 0.5),
            ):
                for indicator in ("gdp", "cpi"):
                    for period in ("2012", "2013"):
                        for preference, measure in enumerate(chance.sample(earlier, len(earlier))):
                            found = chance.choice((0, 0, 1, 4, 8))
                            series = (file_id, indicator, "v")
                            claim = (finding, turn, finding, excused_by, period)
                            rows.append((*series, *claim, measure, preference, found, 10, share))
            if chance.random() < 0.2:
                rows.append(
                    (file_id, None, "", "alone", 1, "alone", None, "", None, 1, None, None, 0.0)
                )
    return [dict(zip(FINDINGS.names, row, strict=True)) for row in rows]


def _walked_by_hand(files: list[str], findings: list[dict[str, Any]]) -> set[str]:
    """What the comments of int_files_held and int_file_findings say, file after file."""
    held: set[str] = set()

    def is_best(row: dict[str, Any]) -> bool:
        same = ("file_id", "indicator_id", "series_vintage", "claim", "period")
        return row["measure_file_id"] not in held and not any(
            row["indicator_id"] is not None
            and all(other[name] == row[name] for name in same)
            and other["preference"] < row["preference"]
            and other["measure_file_id"] not in held
            for other in findings
            if other["file_id"] == row["file_id"]
        )

    def holds(rows: list[dict[str, Any]]) -> bool:
        counted = [row for row in rows if row["cells_compared"] is not None]
        if not counted:
            return bool(rows)
        compared = sum(row["cells_compared"] for row in counted)
        share = max(row["share_allowed"] for row in rows)
        return sum(row["cells_found"] for row in counted) > share * compared

    for file_id in files:  # in the order of their publication
        best = [row for row in findings if row["file_id"] == file_id and is_best(row)]

        def is_excused(row: dict[str, Any], best: list[dict[str, Any]] = best) -> bool:
            own = [
                other
                for other in best
                if other["finding"] == row["excused_by"]
                and other["indicator_id"] == row["indicator_id"]
            ]
            return holds(own)

        against = [row for row in best if row["turn"] > 0 and not is_excused(row)]
        claims = {(row["indicator_id"], row["claim"]) for row in against}
        if any(
            holds([row for row in against if (row["indicator_id"], row["claim"]) == claim])
            for claim in claims
        ):
            held.add(file_id)
    return held


def _home_of(folder: Path, files: list[str], findings: list[dict[str, Any]]) -> Home:
    """A home whose build file has these findings, of files published one after the other."""
    home = _empty_home(folder)
    pq.write_table(pa.Table.from_pylist(findings, FINDINGS), folder / "findings.parquet")
    with duckdb.connect(str(build.path(home))) as database:
        for place, file_id in enumerate(files):
            source_id, sha256 = file_id.split("/")
            database.execute(
                "insert into raw.files by name select $1 as source_id, $2 as snapshot_sha256, "
                "'taken' as role, date '2000-01-01' + $3::integer as published_on",
                [source_id, sha256, place],
            )
        database.execute("create schema intermediate")
        database.execute(
            "create table intermediate.int_file_findings as "
            f"from read_parquet('{folder / 'findings.parquet'}')"
        )
    return home


def _held(home: Home) -> set[str]:
    rows = build.rows(home, "select file_id from intermediate.int_files_held")
    return set(rows["file_id"])


def test_a_server_is_left_as_it_was_found(tmp_path: Path, server: str) -> None:
    """The schema of another home is refused, that of a killed refresh replaced, none is left."""
    home = _empty_home(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    _on_server(server, f"create schema raw location '{elsewhere.as_uri()}'")
    with pytest.raises(EngineMissing, match=f"a schema raw already, in {elsewhere}"):
        spark.opened(home, None, server).__enter__()
    assert _on_server(server, "show schemas") == {"default", "raw"}
    own = (home.build / "spark" / "tables" / "raw.db").as_uri()
    for statement in ("drop schema raw", f"create schema raw location '{own}'"):
        _on_server(server, statement)
    _on_server(server, "create table raw.files (left_by_a_killed_refresh int)")
    with spark.opened(home, None, server) as engine:
        assert engine.rows("select source_id from raw.files").empty
    assert _on_server(server, "show schemas") == {"default"}
    assert "SPARK_REMOTE" not in os.environ


def _on_server(address: str, statement: str) -> set[str]:
    """The first column of what another session's statement gives."""
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession.builder.remote(address).create()
    try:
        return {row[0] for row in session.sql(statement).collect()}
    finally:
        session.stop()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sc://127.0.0.1:1", "no session at sc://127.0.0.1:1: .*refused"),
        ("sc://host/;token=secret", "set SPARK_CONNECT_AUTHENTICATE_TOKEN instead"),
    ],
)
def test_a_server_that_cannot_be_spoken_to_is_a_sentence(
    tmp_path: Path, address: str, sentence: str
) -> None:
    home = _empty_home(tmp_path)
    with pytest.raises(EngineMissing, match=sentence):
        spark.opened(home, None, address).__enter__()


def test_without_java_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(EngineMissing, match="apt-get install openjdk-17-jre-headless"):
        spark.check()
