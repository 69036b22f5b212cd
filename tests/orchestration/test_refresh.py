"""A refresh: what it makes, what it says, and that it can be killed at any moment."""

import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import lock, report
from warehouse.contract.files import read_sealed
from warehouse.store import releases

ROOT = Path(__file__).parents[2]
HISTORY = """
import dagster as dg
from orchestration import instance as settings
from warehouse.contract.home import Home

settings.prepare(Home.from_environment())
from orchestration.definitions import defs

with dg.DagsterInstance.get() as instance:
    graph = defs.get_repository_def().asset_graph
    for key in sorted(graph.materializable_asset_keys):
        if not instance.fetch_materializations(key, limit=1).records:
            print(key.to_user_string())
    storage = instance.event_log_storage
    for key in sorted(graph.asset_check_keys):
        latest = storage.get_asset_check_execution_history(key, limit=1)
        if not latest or latest[0].evaluation is None:
            print(key.to_user_string())
"""

WHY = """
import dagster as dg
from orchestration import instance as settings
from warehouse.contract.home import Home

settings.prepare(Home.from_environment())
with dg.DagsterInstance.get() as instance:
    [run] = instance.get_runs(limit=1)
    print(run.tags["yearbook/why"])
"""


def test_the_history_has_every_materialisation_and_check(clone, released):
    """As the pages of the UI read it: an event that is missing there is missing for the operator."""
    told = clone.python(HISTORY)
    assert told.status == 0, told.stderr
    assert told.stdout == ""  # no asset and no check without one


def test_a_pipe_is_told_what_was_found_in_a_few_lines_and_a_file_has_all(clone, released):
    lines = released.stderr.splitlines()
    heads = [line.split()[0] for line in lines]
    assert heads == [
        *("refreshing", "files", "cells", "revised", "missing", "models", "checks", "first"),
        "release",
    ]
    assert len(lines) <= 12
    found = clone.home.root / "refresh.md"
    assert lines[-1].endswith(f"all findings: {found}")
    assert "first     yearbook coverage: " in released.stderr
    kept = found.read_text(encoding="utf-8")
    assert "\n- marketisation_index (control): its authors\n" in kept
    assert "## Revisions (1)" in kept and "suspected break of 天津市 2017-2017" in kept
    assert "## Values: jump (1)\n\n- gdp: far up\n" in kept
    sentences = [line for line in kept.splitlines() if line.startswith("- ")]
    assert len(sentences) == len(set(sentences))
    assert clone.value() == 1


def test_with_nothing_new_nothing_is_done(clone, released):
    before = sorted(path.stat().st_mtime_ns for path in clone.home.releases.rglob("*"))
    done = clone.yearbook("refresh")
    assert (done.status, done.stderr.split(":")[0]) == (0, "nothing new")
    assert sorted(path.stat().st_mtime_ns for path in clone.home.releases.rglob("*")) == before


def test_a_failed_test_is_a_sentence_and_stops_the_release(clone, released):
    clone.land(-7)
    done = clone.yearbook("refresh")
    assert done.status == 1
    [problem] = [line for line in done.stderr.splitlines() if line.startswith("yearbook:")]
    assert problem.startswith(
        "yearbook: marts.panel__province_year fails values_are_positive_panel__province_year_ "
        "(EXPY is positive) in 1 row, such as province_code = 110000, year = 2017, expy = -7.0; all"
    )
    kept = problem.rpartition(" ")[2]
    assert Path(kept).read_text() == "province_code,year,expy\n110000,2017,-7.0\n"
    assert "Traceback" not in done.stderr
    assert clone.value() == 1
    written = (clone.home.root / "refresh.md").read_text(encoding="utf-8")
    assert written.startswith("# The refresh stopped: the release is still 2018-06-30-")
    assert f"\n- {problem.removeprefix('yearbook: ')}\n" in written


# Whether the refresh of one table alone, and of the check alone, succeeds, and what they evaluate
ALONE = """
import dagster as dg
from orchestration import instance as settings
from orchestration.assets.dbt import KEYS_HOLD
from orchestration.keys import asset_key
from warehouse.contract.home import Home

settings.prepare(Home.from_environment())
from orchestration.definitions import defs
from orchestration.failures import problems

job = defs.resolve_job_def("refresh")
quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
for tables, checks in (
    ({asset_key("staging.stg_nbs_portal__cells")}, set()),
    ({asset_key("seeds.provinces")}, set()),
    (set(), {KEYS_HOLD.key}),
):
    part = job.get_subset(asset_selection=tables, asset_check_selection=checks)
    with dg.DagsterInstance.get() as instance:
        done = part.execute_in_process(instance=instance, run_config=quiet, raise_on_error=False)
    said = problems(done.all_events, done.run_id)
    print(done.success, len(said), "stg_nbs_portal__cells fails keys_hold" in " ".join(said))
"""


def test_rows_without_the_key_of_their_table_are_a_sentence_and_stop_the_release(clone, released):
    clone.land(9)
    file = clone.home.landing / "nbs_portal" / "2018-06" / "gdp.csv"
    file.write_text(file.read_text(encoding="utf-8") + "天津市,3,4\n", encoding="utf-8")
    before = clone.value()
    done = clone.yearbook("refresh")
    assert done.status == 1 and "Traceback" not in done.stderr
    problems = [line for line in done.stderr.splitlines() if line.startswith("yearbook:")]
    assert [problem.split()[1] for problem in problems] == [
        "staging.stg_nbs_portal__cells",
        "marts.panel__province_year",
    ]
    assert " fails keys_hold (No two rows have the same area_label, year, " in problems[0]
    assert " in 2 rows, such as area_label = 天津市, year = 201" in problems[0]
    kept = Path(problems[0].rpartition(" ")[2]).read_text(encoding="utf-8")
    assert kept.startswith("area_label,year,copies\n天津市,201") and kept.count("天津市") == 2
    assert " fails keys_hold (Of the rows of one province_code, year one holds at " in problems[1]
    assert clone.value() == before
    assert clone.python(ALONE).stdout.splitlines() == [
        "False 1 True",
        "True 0 False",
        "False 2 True",
    ]


# The command, while somebody adds to the judgement of the home when a function is entered
CHANGED_IN = """
import importlib, sys
from pathlib import Path
from warehouse.contract.home import Home

module, _, name = sys.argv.pop(1).rpartition(".")
module = importlib.import_module(module)
entered = getattr(module, name)

def changed(*arguments, **named):
    file = Home.from_environment().judgement / "corrections.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(SEED.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    return entered(*arguments, **named)

SEED = Path(sys.argv.pop(1))
setattr(module, name, changed)
from orchestration.cli import app
app()
"""
DIFFERS = "not released, since this differs from when the build was begun: {}; run `yearbook"


def test_what_changes_while_a_refresh_is_at_work_is_not_said_to_be_in_its_release(apart):
    apart.land(9)
    place, seed = "orchestration.dbt_runner.run", ROOT / "dbt_project/seeds/corrections.csv"
    done = apart.python(CHANGED_IN, place, str(seed), "refresh")
    assert done.status == 1 and DIFFERS.format("judgement of the home") in done.stderr
    assert apart.value() == 1
    assert apart.yearbook("refresh").status == 0
    assert apart.value() == 9


# What runs of some assets alone end in, each after what was named before it
IN_PARTS = """
import sys
import dagster as dg
from orchestration import instance as settings
from orchestration.keys import asset_key
from warehouse.contract.home import Home

settings.prepare(Home.from_environment())
from orchestration.assets.raw import DESCRIPTIONS
from orchestration.definitions import defs
from orchestration.failures import problems

quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
release = {asset_key("catalog.release")}
sources = {asset_key("raw.nbs_portal")}
rest = defs.get_repository_def().asset_graph.materializable_asset_keys - release - sources
for part in ({"release": [release], "in_parts": [{*DESCRIPTIONS}, release, rest, release]}[sys.argv[1]]):
    job = defs.resolve_job_def("refresh").get_subset(asset_selection=part)
    with dg.DagsterInstance.get() as instance:
        done = job.execute_in_process(instance=instance, run_config=quiet, raise_on_error=False)
    print(*problems(done.all_events, done.run_id) or ["done"])
"""


def test_a_release_made_alone_is_of_what_its_build_was_begun_of_or_refused(apart):
    """As somebody asks for it in the UI, whatever was run before."""
    apart.land(2)
    edition = apart.home.landing / "nbs_portal" / "2018-06"
    later = edition.with_name("2019-06")
    shutil.copytree(edition, later)
    for name, before, after in (
        ("_edition.yml", "2018-", "2019-"),
        ("gdp.csv", "2017年,2016年", "2015年,2014年"),
    ):
        text = (later / name).read_text(encoding="utf-8")
        (later / name).write_text(text.replace(before, after), encoding="utf-8")
    assert apart.yearbook("refresh", die_in="orchestration.dbt_runner.run").status < 0
    [said] = apart.python(IN_PARTS, "release").stdout.splitlines()
    assert said.startswith("not released, since these checks did not run: ")
    assert apart.yearbook("refresh", "--as-of", "2018-12-31").status == 0
    [said] = apart.python(IN_PARTS, "release").stdout.splitlines()
    assert said.startswith(DIFFERS.format("landed files, date as of which it is built"))
    begun, incomplete, rest, released = apart.python(IN_PARTS, "in_parts").stdout.splitlines()
    assert incomplete.startswith("not released, since the build lacks catalog.")
    assert [begun, rest, released] == ["done"] * 3
    assert apart.yearbook("refresh").stderr.startswith("nothing new: 2019-06-30-")
    with releases.connect_current(apart.home) as current:  # although nobody asked for its source
        rows = current.execute("select edition from catalog.dim_file order by all").fetchall()
    assert rows == [("2018-06",), ("2019-06",)]


def test_what_lies_beside_a_release_that_is_returned_to_is_of_it(apart):
    """Also where the refresh goes no further than to return to it."""
    apart.land(1)
    then = apart.yearbook("refresh", "--as-of", "2018-12-31")
    assert then.status == 0, then.stderr
    findings = apart.home.root / "refresh.md"
    assert findings.read_text(encoding="utf-8").startswith("# Yearbook, release as-of-2018-12-31-")
    back = apart.yearbook("refresh", die_in="orchestration.judgement.check")
    assert back.stderr.startswith("back to 2018-06-30-") and back.status < 0
    again = apart.yearbook("refresh")
    assert again.stderr.startswith(f"not as they were left, made again: {apart.home.build}")
    assert findings.read_text(encoding="utf-8").startswith("# Yearbook, release 2018-06-30-")
    assert read_sealed(apart.home.build / "begun.json")["as_of"] == "None"
    assert apart.yearbook("refresh").stderr.startswith("nothing new: 2018-06-30-")


@pytest.mark.parametrize("name", ["a b.csv", "$HOME.csv", "`id`.csv", "a\"b'c.csv", "a\\b", "!!"])
def test_the_name_of_a_file_in_a_command_can_be_pasted(name):
    assert shlex.split(report._shell_word(name)) == [name]
    done = subprocess.run(
        ["sh", "-c", f"printf %s {report._shell_word(name)}"], capture_output=True
    )
    assert done.stdout.decode() == name


def test_killed_at_any_moment_it_leaves_the_last_release_and_the_next_one_succeeds(clone, released):
    clone.land(5)
    for moment in ("orchestration.dbt_runner.run", "warehouse.store.releases._seal"):
        assert clone.yearbook("refresh", die_in=moment).status == -signal.SIGKILL
        assert clone.value() == 1, moment
    with releases.connect_current(clone.home) as reader:
        done = clone.yearbook("refresh")
        assert done.status == 0, done.stderr
        assert reader.execute("select max(expy) from marts.panel__province_year").fetchone() == (4,)
    assert clone.value() == 5
    assert not list(clone.home.releases.glob(".*"))


# A refresh that is killed when Dagster's storage is asked for this
KILLED_AT = """
import os, signal, sys
from dagster import DagsterInstance
from dagster._core.storage.event_log import SqlEventLogStorage

def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)

name = sys.argv.pop(1)
for owner in (DagsterInstance, SqlEventLogStorage):
    if hasattr(owner, name):
        setattr(owner, name, die)
from orchestration.cli import app
app()
"""


def test_no_refresh_waits_for_the_slot_of_dead_ones(clone, released):
    clone.land(8)
    assert clone.yearbook("refresh", die_in="orchestration.dbt_runner.run").status < 0
    for name in ("free_concurrency_slots_for_run", "report_run_failed"):
        assert clone.python(KILLED_AT, name, "refresh").status == -signal.SIGKILL, name
    assert clone.yearbook("refresh").status == 0
    assert clone.value() == 8


@pytest.mark.parametrize("file", ["runs.db", "runs/index.db"])
def test_a_damaged_history_begins_anew(clone, released, file):
    clone.land(len(file))
    path = clone.home.dagster / "history" / file
    content = path.read_bytes()
    path.write_bytes(b"x" * 4096 + content[4096:])
    done = clone.yearbook("refresh")
    assert done.status == 0, done.stderr
    [said] = [line for line in done.stderr.splitlines() if "history" in line]
    assert said.startswith("the history of runs was damaged, it begins anew beside ")
    assert Path(said.rpartition(" ")[2], file).read_bytes()[:1] == b"x"
    assert clone.value() == len(file)


# A command that says so when it enters a function, and then is busy outside of Python for long
BUSY_IN = """
import importlib, sys
import duckdb

def busy(*_, **__):
    print("busy", flush=True)
    duckdb.execute("select count(*) from range(10000000) a, range(10000000) b where a.range + b.range = 1")

module, _, function = sys.argv.pop(1).rpartition(".")
setattr(importlib.import_module(module), function, busy)
from orchestration.cli import app
app()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "phase",
    [
        "orchestration.intake.take_in",
        "orchestration.dbt_runner.run",
        "warehouse.store.build.write_results",
        "warehouse.store.releases._write_tables",
    ],
)
def test_a_refresh_that_is_told_to_stop_does_in_every_phase(clone, released, number, phase):
    clone.land(9)
    with subprocess.Popen(
        [sys.executable, "-c", BUSY_IN, phase, "refresh"],
        cwd=clone.root,
        env=clone.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout.readline() == "busy\n"
        command.send_signal(number)
        _, said = command.communicate(timeout=600)
    assert command.returncode == 128 + number
    assert said.splitlines()[-1].startswith("yearbook: stopped ")
    assert "Traceback" not in said
    with lock.refreshing(clone.home, patience=0):
        pass


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("orchestration.intake.take_in", "stopped by ZeroDivisionError: division by zero; the"),
        ("orchestration.dbt_manifest.keep", "stopped by ZeroDivisionError"),
        ("warehouse.sources.sources", "stopped by ZeroDivisionError"),  # loading the definitions
        ("warehouse.store.build.begin", "raw_tables stopped: ZeroDivisionError"),  # in a step
    ],
)
def test_an_unforeseen_fault_is_a_sentence_and_leaves_the_last_release(
    clone, released, place, said
):
    before = clone.value()
    clone.land(6)
    done = clone.yearbook("refresh", fail_in=place)
    assert done.status == 1
    [problem] = [line for line in done.stderr.splitlines() if line.startswith("yearbook:")]
    assert problem.startswith(f"yearbook: {said}")
    assert "Traceback" not in done.stderr
    if "the full trace is in run" in problem:  # whose pages in the UI say the same
        assert problem == f"yearbook: {clone.python(WHY).stdout.strip()}"
    if "the full trace is in /" in problem:
        assert "Traceback" in Path(problem.rpartition(" ")[2]).read_text()
    assert clone.value() == before


def test_without_one_usable_file_it_stops_after_reading_and_says_why(clone, tmp_path):
    edition = tmp_path / "landing" / "nbs_portal" / "2020-09"
    edition.mkdir(parents=True)
    (edition / "gdp.csv").write_text("地区,2019年\n北京市,1\n", encoding="utf-8")
    undeclared = clone.yearbook("refresh", "--home", str(tmp_path))
    (edition / "_edition.yml").write_text("published_on: 2020-09-30\n")
    (edition / "gdp.csv").write_text("")
    empty = clone.yearbook("refresh", "--home", str(tmp_path))
    for done, reason in ((undeclared, "published_on: YYYY-MM-DD"), (empty, "")):
        assert done.status == 1
        problems = [line for line in done.stderr.splitlines() if line.startswith("yearbook:")]
        assert problems[0].startswith("yearbook: nbs_portal/2020-09/gdp.csv is not taken: ")
        assert reason in problems[0]
        assert problems[1].startswith("yearbook: not one file could be taken; put them at <source>")
        assert f"{tmp_path}/landing/nbs_portal/2020-09/<file>" in problems[1]
        assert len(problems) == 2 and "tables" not in done.stderr


def test_an_engine_that_is_asked_for_counts_and_not_that_of_the_environment(
    clone, tmp_path, monkeypatch
):
    edition = tmp_path / "landing" / "nbs_portal" / "2020-09"
    edition.mkdir(parents=True)
    (edition / "empty.csv").write_text("")
    monkeypatch.setenv("YEARBOOK_ENGINE", "abacus")
    home = ("--home", str(tmp_path))
    assert "YEARBOOK_ENGINE is abacus" in clone.yearbook("refresh", *home).stderr
    asked = clone.yearbook("refresh", "--engine", "duckdb", *home)
    assert "not one file could be taken" in asked.stderr  # the run has begun


def test_an_empty_panel_is_released_and_no_model_estimated(clone, released, tmp_path):
    edition = (
        tmp_path / "landing" / "compiled" / "2020-09"
    )  # a source that no model of the clone reads
    edition.mkdir(parents=True)
    (edition / "_edition.yml").write_text(
        "published_on: 2020-09-30\nfiles: {gdp.csv: {year_column: 年份, area_column: 地区, columns: "
        "{数值: {indicator: 地区生产总值, unit: 亿元}}}}\n",
        encoding="utf-8",
    )
    (edition / "gdp.csv").write_text("地区,年份,数值\n北京市,2019,1\n", encoding="utf-8")
    done = clone.yearbook("refresh", "--home", str(tmp_path))
    assert done.status == 0, done.stderr
    assert "release   2020-09-30-" in done.stderr
    findings = (tmp_path / "refresh.md").read_text(encoding="utf-8")
    assert "not estimated: the panel has no rows" in findings


def test_a_refresh_says_who_else_is_at_work(clone):
    hold = (
        "import sys; from orchestration import lock; from warehouse.contract.home import Home\n"
        "with lock.refreshing(Home.from_environment()): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold],
        cwd=clone.root,
        env=clone.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(lock.Busy, match=rf"process {holder.pid} of \S+ on \S+, since 2"),
            lock.refreshing(clone.home, patience=0.2),
        ):
            pass
        holder.kill()
    with lock.refreshing(clone.home, patience=0), lock.refreshing(clone.home, patience=0):
        pass  # a dead holder holds nothing, and one process may enter twice
    assert lock.PATIENCE_SECONDS == 10


def test_a_home_is_no_landing_folder(clone, tmp_path):
    """What it keeps would be taken for files of sources that nobody knows."""
    home = tmp_path / "home"
    home.mkdir()
    for folder in (tmp_path, home):
        done = clone.yearbook("refresh", "--home", str(home), "--landing", str(folder))
        assert done.status == 1
        assert done.stderr.startswith(f"yearbook: {folder} has the home {home} in it, whose files")


def test_without_any_file_it_says_where_to_put_one(clone, tmp_path):
    done = clone.yearbook("refresh", "--home", str(tmp_path))
    assert done.status == 1
    assert done.stderr.startswith(f"yearbook: no files in {tmp_path}/landing; put them at ")
