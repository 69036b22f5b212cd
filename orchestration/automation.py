"""When a refresh starts by itself: after the yearbook appears, once a month, and on new files; and
who is told when one fails.
"""

import hashlib

import dagster as dg

from orchestration import alerts, failures, intake, lock
from warehouse.contract import policy
from warehouse.contract.files import reachable
from warehouse.contract.home import Home
from warehouse.sources import sources

REFRESH = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Take in new files, build, check, estimate and release",
)
TIMEZONE = "Asia/Shanghai"

yearly_refresh = dg.ScheduleDefinition(
    name="yearly_refresh",
    job=REFRESH,
    # In the morning of the day on which a source is due
    cron_schedule=sorted({f"0 6 {s.release_day} {s.release_month} *" for s in sources().values()}),
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="When the yearbooks appear: release_month and release_day of each source.yml",
)


@dg.schedule(
    job=REFRESH,
    cron_schedule="0 6 1 * *",
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def monthly_look() -> dg.RunRequest | dg.SkipReason:
    """On the first of a month, if the files or the code differ from those of the last release."""
    try:
        nothing = _nothing_to_do(Home.from_environment())
    except lock.Busy as busy:
        return dg.SkipReason(str(busy))
    return dg.SkipReason(nothing) if nothing else dg.RunRequest()


@dg.sensor(
    job=REFRESH,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def landing_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """When a file or the judgement changed; the cursor is what was there the last time."""
    home = Home.from_environment()
    there = [
        (path.relative_to(home.root).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for folder in (home.landing, home.judgement)
        if folder.is_dir()
        for path in reachable(folder)
        if path.is_file()
    ]
    cursor = hashlib.sha256(repr(there).encode()).hexdigest()
    if cursor == context.cursor:
        return dg.SkipReason(f"nothing has changed in {home.landing}")
    try:
        nothing = _nothing_to_do(home)
    except lock.Busy as busy:  # looks again the next time
        return dg.SkipReason(str(busy))
    if nothing:
        return dg.SensorResult(skip_reason=nothing, cursor=cursor)
    # Without a key, for by one that it knows Dagster runs nothing: files may be away and come back
    return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=cursor)


@dg.run_failure_sensor(
    monitor_all_code_locations=True,  # also runs of the command line, which belong to none
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def failed_run(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """When a run failed: why, on its pages, and as `alerts` of policy.yml in the home says."""
    home = Home.from_environment()
    run_id = context.dagster_run.run_id
    events = [entry.dagster_event for entry in context.instance.all_logs(run_id)]
    problems = failures.problems([event for event in events if event], run_id)
    problems = problems or [context.failure_event.message or "the run failed"]
    failures.write_down(context.instance, run_id, problems)
    kept = policy.read(home).alerts
    if not (kept.file or kept.command):
        return dg.SkipReason(f"{policy.path(home)} names neither a file nor a command for alerts")
    alerts.tell(home, kept, run_id, problems)
    return None


def _nothing_to_do(home: Home) -> str | None:
    """Why a refresh would make no release, if so.

    Raises `Busy` while one is at work: what is taken in meanwhile its release would not have.
    """
    with lock.refreshing(home, patience=0):
        try:
            intake.take_in(home, home.landing)
        except intake.NothingLanded as nothing:
            return str(nothing)
        if intake.nothing_new(home):
            return "the current release is made of the same files and the same code"
    return None
