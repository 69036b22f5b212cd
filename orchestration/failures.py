"""Why a run failed, and of what its checks warned, in sentences, by its events."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration import machine
from orchestration.dbt_command import one_line

if TYPE_CHECKING:
    from dagster import DagsterEvent, DagsterInstance

WHY = "yearbook/why"  # the tag of a failed run
_LONGEST = 250


def problems(events: "Sequence[DagsterEvent]", run_id: str) -> list[str]:
    """Why a run did not succeed, by its events: failed checks, and what the failed steps say."""
    found = unmet(events, "ERROR")
    for event in events:
        if event.is_step_failure:
            found += _of_step(event, run_id)
        elif event.is_run_failure and not found:
            found.append(one_line(event.message or "the run failed"))
    return found


def write_down(instance: "DagsterInstance", run_id: str, said: Sequence[str]) -> None:
    """Have the pages of a failed run say why: in its tags, and after everything else it tells."""
    run = instance.get_run_by_id(run_id)
    if run and WHY not in run.tags:
        first = said[0] if len(said[0]) <= _LONGEST else f"{said[0][: _LONGEST - 1]}…"
        instance.add_run_tags(run_id, {WHY: first})
        instance.report_engine_event("\n".join(said), run)


def unmet(events: "Sequence[DagsterEvent]", severity: str) -> list[str]:
    """What the failed checks of a severity say, one sentence each."""
    checks = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    return [
        line
        for check in checks
        if not check.passed and check.severity.value == severity
        for line in (check.description or check.check_name).splitlines()
    ]


def _of_step(event: "DagsterEvent", run_id: str) -> list[str]:
    """What a failed step says, one sentence each; nothing, if a check has said it."""
    failure = event.step_failure_data
    if failure.user_failure_data:
        return (failure.user_failure_data.description or "").splitlines()
    assert failure.error  # whatever is no failure of its own making
    if failure.error.cls_name == "DagsterAssetCheckFailedError":
        return []
    cause = failure.error.cause or failure.error
    if said := machine.fault(cause.message):
        return [f"{event.step_key} stopped: {said}"]
    return [
        f"{event.step_key} stopped: {one_line(cause.message)}; the full trace is in run {run_id} "
        "of `yearbook ui`"
    ]
