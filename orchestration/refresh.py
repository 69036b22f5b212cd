"""The `refresh` job, run in this process and recorded in the home's Dagster instance."""

import time
from datetime import date
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import (
    dbt_manifest,
    failures,
    instance,
    intake,
    judgement,
    lock,
    machine,
    progress,
)
from orchestration.engines import Asked
from orchestration.progress import say
from warehouse.contract import files, policy
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import releases, remains

if TYPE_CHECKING:
    from dagster._core.remote_origin import RemoteJobOrigin

# Where the UI looks for the runs of a job
_LOCATION = {".dagster/repository": "__repository__@orchestration.definitions"}
_DUCKDB = Asked()


class RefreshFailed(WarehouseError):
    """A step or a check failed and the last release stands; one sentence a line."""


def refresh(
    home: Home,
    landing: Path,
    as_of: date | None = None,
    is_verbose: bool = False,
    engine: Asked = _DUCKDB,
) -> None:
    """Take in what is new, build, check, estimate and release; does nothing when nothing is new.

    With `as_of`, the world as it was known on that date: what was published later is taken in but
    left out. A release that was made before is returned to, not made again, whatever `engine` made
    it: it does not decide what a release holds. The build beside it is made again, for that is of
    another. What was found is in `refresh.md` of the home; `is_verbose` prints it too.

    Raises `Busy` when another refresh is at work, `NothingLanded` without any file,
    `WarehouseError` for wrong lines of the home's judgement, `EngineMissing` where the engine
    cannot run, and `RefreshFailed` when something went wrong on the way.
    """
    started = time.monotonic()
    engine.check()
    with lock.refreshing(home), files.each_hashed_once(home.hashes):
        intake.take_in(home, landing)
        intake.check_as_of(home, as_of)
        is_synthetic = intake.is_synthetic(home)
        for sentence in intake.still_to_come(home):
            say(sentence, is_synthetic)
        if _is_as_it_was_left(home, is_synthetic) and _is_current(home, as_of, is_synthetic):
            return
        judgement.check(home)
        policy.read(home)
        machine.check_room(home)
        _say_what_is_forgotten(home, is_synthetic)
        begun = _("refreshing {home} as of {date}") if as_of else _("refreshing {home}")
        say(begun.format(home=home.root, date=as_of), is_synthetic)
        from orchestration import report  # brings pandas

        with progress.showing(is_verbose):
            found, warnings = _run(home, as_of, engine)
        for warning in warnings if is_verbose else []:
            say(_("warning: {text}").format(text=warning), is_synthetic)
        if found:
            report.write_failure(home, found, warnings, is_synthetic)
            raise RefreshFailed("\n".join(report.shortened(found, home)))
        for line in report.summary(home, time.monotonic() - started, as_of):
            say(line, is_synthetic)


def _is_as_it_was_left(home: Home, is_synthetic: bool) -> bool:
    """Whether what rests beside the releases is what was left; says what is not.

    A history that is damaged begins anew; all else a refresh writes again.
    """
    asides = instance.set_aside_damage(home)
    for aside in asides:
        said = _("the history of runs was damaged, it begins anew beside {place}")
        say(said.format(place=aside), is_synthetic)
    damaged = remains.damaged(home) or ([] if asides else instance.damaged_history(home))
    if damaged and releases.made(home):
        others = _(" and {more} more").format(more=len(damaged) - 1) if damaged[1:] else ""
        said = _("not as they were left, made again: {names}")
        say(said.format(names=f"{damaged[0]}{others}"), is_synthetic)
    return not (asides or damaged)


def _is_current(home: Home, as_of: date | None, is_synthetic: bool) -> bool:
    """Whether the current release is the one that a refresh would make.

    One that was made before becomes the current one at once.
    """
    fingerprint = releases.fingerprint(home, as_of)
    current = releases.current(home)
    is_current = current is not None and current["fingerprint"] == fingerprint
    said = _("nothing new: {release} is made of the same files and the same code")
    if not is_current:
        if not releases.return_to(home, fingerprint):
            return False
        said = _("back to {release}, made before of the same files and the same code")
    say(said.format(release=_current_name(home)), is_synthetic)
    return is_current


def _say_what_is_forgotten(home: Home, is_synthetic: bool) -> None:
    """Name the files of the current release that the next one will lack, or have as later ones."""
    current = releases.current(home)
    if not current:
        return
    for name in releases.forgotten(home, [current["name"]]):
        said = _("{name} is known no more and will be missing: land it again, or restore a backup")
        say(said.format(name=name), is_synthetic)
    for name, now in releases.moved(home, current["name"]).items():
        said = _("{name} is now {now}: if both were published, land the first one again as well")
        say(said.format(name=name, now=now), is_synthetic)


def _current_name(home: Home) -> str:
    current = releases.current(home)
    assert current, home
    return current["name"]


def _run(home: Home, as_of: date | None, engine: Asked) -> tuple[list[str], list[str]]:
    """Run the job; why it failed, if it did, and of what its checks warn."""
    instance.prepare(home)
    dbt_manifest.keep()
    from orchestration.definitions import defs
    from orchestration.resources import Warehouse

    with instance.opened(home) as dagster_instance:
        # What runs in a process belongs to nobody, and the timeline shows what belongs to a job
        dagster_instance.create_run_for_job = partial(  # type: ignore[method-assign]
            dagster_instance.create_run_for_job, remote_job_origin=_origin()
        )
        result = defs.resolve_job_def("refresh").execute_in_process(
            instance=dagster_instance,
            # Without a landing folder, since the files have been taken in
            resources={
                "warehouse": Warehouse(
                    root=str(home.root),
                    as_of=as_of.isoformat() if as_of else None,
                    engine=engine.name,
                    master=engine.master,
                )
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags=_LOCATION | {instance.LOCKED: instance.holder()},
            raise_on_error=False,
        )
        found = failures.problems(result.all_events, result.run_id)
        if found:
            failures.write_down(dagster_instance, result.run_id, found)
        return found, failures.unmet(result.all_events, "WARN")


def _origin() -> "RemoteJobOrigin":
    """The job as the UI knows it, by the one location in workspace.yaml."""
    from dagster._core.remote_origin import (
        RegisteredCodeLocationOrigin,
        RemoteJobOrigin,
        RemoteRepositoryOrigin,
    )

    location = RegisteredCodeLocationOrigin("orchestration.definitions")
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), "refresh")
