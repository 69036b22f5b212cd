"""The Dagster instance of a home: its settings, and what a killed run left behind in it."""

import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.contract import files
from warehouse.contract.home import Home

if TYPE_CHECKING:
    from dagster import DagsterInstance

# A run with this tag got as far as holding the refresh lock.
LOCKED = "yearbook/locked_by"

# What a run writes into; the events of each lie in a file of its own beside the index
_HISTORY = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")

# Compute logs would start a process a step to copy what the step prints.
_SETTINGS = """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency: {pools: {granularity: op, default_limit: 1}}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
"""


def holder() -> str:
    """The process that holds the lock, as the tag `LOCKED` says it."""
    return f"{os.getpid()}@{socket.gethostname()}"


def prepare(home: Home) -> None:
    """Write the settings of the instance and point Dagster at it, without importing Dagster."""
    settings = home.dagster / "dagster.yaml"
    if not settings.is_file() or settings.read_bytes() != _SETTINGS.encode():
        files.write_atomically(settings, _SETTINGS)
    os.environ.update(
        DAGSTER_HOME=str(home.dagster),
        YEARBOOK_HOME=str(home.root),
        DAGSTER_DISABLE_TELEMETRY="1",
        DO_NOT_TRACK="1",
    )


def opened(home: Home) -> "DagsterInstance":
    """The instance of a home for a process that runs a job; to be prepared before."""
    from dagster import DagsterInstance
    from dagster._core.instance.ref import InstanceRef

    event_log = {
        "module": "orchestration.history",
        "class": "EventLog",
        "config": {"base_dir": str(home.dagster / "history" / "runs")},  # where Dagster has it
    }
    return DagsterInstance.from_ref(
        InstanceRef.from_dir(str(home.dagster), overrides={"event_log_storage": event_log})
    )


def end_dead_runs(instance: "DagsterInstance", own_run_id: str) -> None:
    """Free the pool slots that any other run still holds, and mark the runs of killed processes.

    Only to be called with the refresh lock in hand: whoever else is marked as holding it is dead,
    and so is whoever holds a slot, for no step is run without the lock. Without this the next run
    would wait for the slot of a dead one without end. Whatever moment it is killed at, the next
    call finds what is left to do.
    """
    from dagster import DagsterRunStatus, RunsFilter

    for run_id in instance.event_log_storage.get_concurrency_run_ids() - {own_run_id}:
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)
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


def set_aside_damage(home: Home) -> list[Path]:
    """Move what is damaged of the history out of the way; the folders where it is now.

    It tells of refreshes and holds no data. Only to be called with the refresh lock in hand.
    """
    there = [file for file in damaged_history(home) if os.path.lexists(file)]
    folders = {home.dagster / file.relative_to(home.dagster).parts[0] for file in there}
    number = 1 + len(list(home.dagster.glob("*-damaged-*")))
    asides = []
    for folder in sorted(folders):
        asides.append(folder.with_name(f"{folder.name}-damaged-{number}"))
        folder.rename(asides[-1])
    return asides


def damaged_history(home: Home) -> list[Path]:
    """The files of the history that are missing or damaged."""
    return [file for name in _HISTORY if not _is_sound(file := home.dagster / name)]


def damaged_events(home: Home) -> list[Path]:
    """The files of events of single runs that are damaged."""
    return [
        file
        for file in files.below(home.dagster / "history" / "runs", ".db")
        if not _is_sound(file)
    ]


def _is_sound(file: Path) -> bool:
    """Whether SQLite finds the pages of a file in order, and the mark of Dagster's tables in it."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            checked = database.execute("pragma quick_check(1)").fetchall()
            marks = database.execute("select version_num from alembic_version").fetchall()
            return checked == [("ok",)] and len(marks) == 1
    except sqlite3.DatabaseError:
        return False
