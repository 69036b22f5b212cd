"""Dagster's history in PostgreSQL: the daemon, its sensor, the job and a schedule on it."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.postgresql import PASSWORD, serving, tools

ROOT = Path(__file__).parents[2]
# A daemon that hangs must not hang the suite, a busy machine must not fail it
TIME_OUT = 1800
COMMAND = "from orchestration.cli import app; app()"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    programs = tools()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with serving(programs) as (url, _):
        yield url


STORED = """
import json
import dagster as dg
from orchestration import instance
from warehouse.contract.home import Home

instance.prepare(Home.from_environment())
from orchestration import automation

with dg.DagsterInstance.get() as opened:
    context = dg.build_schedule_context(instance=opened)
    print(json.dumps({
        "storage": [type(opened.run_storage).__name__, type(opened.event_log_storage).__name__],
        "runs": [run.status.value for run in opened.get_runs()],
        "ticks": [
            tick.status.value
            for state in opened.all_instigator_state()
            if state.instigator_name == "landing_folder"
            for tick in opened.get_ticks(state.instigator_origin_id, state.selector_id)
        ],
        "looked": type(automation.monthly_look(context)).__name__,
    }))
"""


def test_the_daemon_its_sensor_the_job_and_a_schedule_run_on_it(
    apart, database, monkeypatch, tmp_path
):
    monkeypatch.setenv("YEARBOOK_STORAGE", database)
    shutil.copy(ROOT / "workspace.yaml", apart.root)
    apart.land(11)
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, "ui", "--only", "daemon"],
        cwd=apart.root,
        env=apart.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as daemon:
        deadline = time.monotonic() + TIME_OUT
        while time.monotonic() < deadline and daemon.poll() is None and not _ended(database):
            time.sleep(1)
        daemon.terminate()
    assert apart.value() == 11
    stored = _stored(apart)
    assert stored.pop("ticks").count("SUCCESS") == 1  # others find nothing new
    assert stored == {
        "storage": ["PostgresRunStorage", "PostgresEventLogStorage"],
        "runs": ["SUCCESS"],
        "looked": "SkipReason",
    }
    apart.land(-11)
    assert apart.yearbook("refresh").status == 1  # of the command line, on the same database
    apart.land(-12)
    looked = _stored(apart)
    assert (looked["runs"], looked["looked"]) == (["FAILURE", "SUCCESS"], "RunRequest")
    other = apart.yearbook("ui", "--only", "daemon", "--home", str(tmp_path / "other"))
    assert other.status == 1
    assert other.stderr.startswith("yearbook: the database of YEARBOOK_STORAGE has the history of ")
    files = (path for path in apart.home.root.rglob("*") if path.is_file())
    assert not [path for path in files if PASSWORD.encode() in path.read_bytes()]
    assert PASSWORD not in other.stderr


def _ended(database: str) -> bool:
    """Whether a run has ended, well or not."""
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from information_schema.tables where table_name = 'runs'")
        if cursor.fetchone() == (0,):
            return False
        cursor.execute("select count(*) from runs where status in ('SUCCESS', 'FAILURE')")
        return cursor.fetchone() != (0,)


def _stored(apart) -> dict:
    done = apart.python(STORED)
    assert done.status == 0, done.stderr
    return json.loads(done.stdout)
