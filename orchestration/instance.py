"""The Dagster instance of a home: its settings, and what a killed run left behind in it."""

import os
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
