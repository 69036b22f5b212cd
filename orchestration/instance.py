"""The Dagster instance of a home: its settings, and what a killed run left behind in it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse.contract.home import Home

if TYPE_CHECKING:
    from dagster import DagsterInstance

# A run with this tag got as far as holding the refresh lock.
LOCKED = "yearbook/locked_by"

# Compute logs would start a process a step to copy what the step prints.
_SETTINGS = """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency: {pools: {granularity: op, default_limit: 1}}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
"""


def prepare(home: Home) -> None:
    """Write the settings of the instance and point Dagster at it, without importing Dagster."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") != _SETTINGS:
        unfinished = settings.with_suffix(".tmp")
        unfinished.write_text(_SETTINGS, encoding="utf-8")
        os.replace(unfinished, settings)
    os.environ.update(
        DAGSTER_HOME=str(home.dagster),
        YEARBOOK_HOME=str(home.root),
        DAGSTER_DISABLE_TELEMETRY="1",
        DO_NOT_TRACK="1",
    )


@contextmanager
def brisk_history() -> Iterator[None]:
    """Record the run without waiting for the disk at every event.

    Dagster opens its SQLite history, flushes and closes it at each of several hundred events, a
    third of the time of a refresh. Here the operating system flushes when it likes, and a
    connection that nobody uses keeps each file open, so that closing the others leaves its log
    alone: a killed process loses nothing by it, a power cut at most the record of the run, never
    data.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    kept: dict[str, sqlite3.Connection] = {}

    def on_connect(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("pragma synchronous = off")
        [(_, _, file)] = connection.execute("pragma database_list").fetchall()
        if file and file not in kept:
            kept[file] = sqlite3.connect(file, check_same_thread=False)
            kept[file].execute("select count(*) from sqlite_master").fetchone()

    event.listen(Engine, "connect", on_connect)
    try:
        yield
    finally:
        event.remove(Engine, "connect", on_connect)
        for connection in kept.values():
            connection.close()


def end_dead_runs(instance: "DagsterInstance", own_run_id: str) -> None:
    """Mark the runs of killed processes as failed and free the pool slots that they still hold.

    Only to be called with the refresh lock in hand: whoever else is marked as holding it is dead.
    Without this the next run would wait for the slot of a dead one without end.
    """
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = RunsFilter(
        statuses=[
            DagsterRunStatus.NOT_STARTED,
            DagsterRunStatus.STARTING,
            DagsterRunStatus.STARTED,
            DagsterRunStatus.CANCELING,
        ]
    )
    for run in instance.get_runs(unfinished):
        if LOCKED in run.tags and run.run_id != own_run_id:
            instance.report_run_failed(run, "the process of this run was killed")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
