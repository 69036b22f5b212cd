"""A refresh: what it makes, what it says, and that it can be killed at any moment."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import lock
from warehouse.store import releases

HISTORY = """
import dagster as dg
from orchestration import instance as settings
from warehouse.contract.home import Home

settings.prepare(Home.from_environment())
from orchestration.definitions import defs

with dg.DagsterInstance.get() as instance:
    for key in sorted(defs.get_repository_def().asset_graph.materializable_asset_keys):
        if not instance.fetch_materializations(key, limit=1).records:
            print(key.to_user_string())
"""


def test_the_history_has_every_materialisation(clone, released):
    """As the pages of the UI read it: an event that is missing there is missing for the operator."""
    told = clone.python(HISTORY)
    assert told.status == 0, told.stderr
    assert told.stdout == ""  # no asset without one


def test_one_line_a_stage_and_every_warning_is_a_sentence(clone, released):
    stages = [line.split()[0] for line in released.stderr.splitlines()]
    assert stages[:7] == ["refreshing", "cells", "files", "tables", "revised", "models", "release"]
    assert set(stages[7:-1]) == {"warning:"}
    assert stages[-1] == "released"
    assert "no file provides marketisation_index (control): its authors" in (released.stderr)
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


def test_without_any_file_it_says_where_to_put_one(clone, tmp_path):
    done = clone.yearbook("refresh", "--home", str(tmp_path))
    assert done.status == 1
    assert done.stderr.startswith(f"yearbook: no files in {tmp_path}/landing; put them at ")
