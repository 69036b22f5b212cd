"""What `yearbook doctor` looks at: the machine, and whether a home is what was written into it."""

import os
import re
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from orchestration import dbt_manifest, instance, lock, machine, ports, refresh
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import SCHEMA, Home
from warehouse.formats import limits
from warehouse.intake import snapshots
from warehouse.store import releases, remains
from warehouse.store.releases import PROJECT

_LOCKED = re.compile(r"^([\w.-]+)==(\S+)(?: ; (.+?))?(?: \\)?$", re.MULTILINE)
_REFRESH = "yearbook refresh"
_NAMED = 3


@dataclass(frozen=True)
class Finding:
    """What a check found; `mend` is what to do, None where all is in order."""

    check: str
    found: str
    mend: str | None = None


def examine(home: Home) -> list[Finding]:
    """What every check finds; of what a refresh is changing right now nothing is said."""
    holder = lock.holder(home)
    found: list[Finding] = []
    for look in (_python, _packages, _bounds, _disk, _permissions, _port):
        found += look(home)
    if holder:
        return [*found, Finding("lock", f"a refresh is at work: {holder}")]
    if not home.root.is_dir():
        nothing = f"there is no home in {home.root}"
        return [*found, Finding("home", nothing, "yearbook demo, or yearbook refresh with files")]
    for name, damaged, fine, mend in _RESTING:
        found.append(_resting(home, name, damaged, fine, mend))
    return found


def fix(home: Home, found: list[Finding]) -> None:
    """Mend what can be mended. Raises `WarehouseError` where a refresh cannot do its part."""
    _open(home)
    dbt_manifest.keep()
    with lock.refreshing(home):
        releases.set_damaged_aside(home)
        instance.set_aside_damage(home)
        for file in instance.damaged_events(home):
            file.rename(file.with_name(f"{file.name}-damaged"))
        if any(finding.mend for finding in found if finding.check in _REFRESHED):
            refresh.refresh(home, home.landing)


def _python(home: Home) -> Iterator[Finding]:
    is_version = ".".join(map(str, sys.version_info[:3]))
    wanted = metadata("yearbook")["Requires-Python"]
    is_right = SpecifierSet(wanted).contains(is_version)
    mend = None if is_right else f"install it with a Python {wanted}: PYTHON=... make demo"
    yield Finding("python", f"{is_version}, {wanted} is asked for", mend)


def _packages(home: Home) -> Iterator[Finding]:
    """Packages against the lock of a checkout, or against what an installed program asks for."""
    lock_file = PROJECT / "requirements.lock"
    differing = _not_as_locked(lock_file) if lock_file.exists() else _not_as_asked()
    whose = "requirements.lock has" if lock_file.exists() else "this version asks for"
    if not differing:
        yield Finding("packages", f"as {whose} them")
    elif lock_file.exists():
        mend = "remove .venv: `make check` makes it as the lock says"
        yield Finding("packages", _some(differing), mend)
    else:
        yield Finding("packages", _some(differing), "install Yearbook again, alone in its folder")


def _not_as_locked(file: Path) -> list[str]:
    """Packages of another version than the lock has; what only developers need may be missing."""
    needed = {_plain(asked.name) for asked in releases.asked()}
    return [
        f"{name} {there or 'is missing'} (locked: {locked})"
        for name, locked in _locked(file)
        if (there := _version(name)) != locked and (there or _plain(name) in needed)
    ]


def _not_as_asked() -> list[str]:
    """Packages of a version that the program does not ask for."""
    return [
        f"{asked.name} {there or 'is missing'} (asked for: {asked.specifier})"
        for asked in releases.asked()
        if not (there := _version(asked.name)) or not asked.specifier.contains(there)
    ]


def _locked(file: Path) -> list[tuple[str, str]]:
    """The names and versions of the lock that are meant for this machine."""
    found = _LOCKED.findall(file.read_text(encoding="utf-8"))
    return [(n, locked) for n, locked, marker in found if not marker or Marker(marker).evaluate()]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _bounds(home: Home) -> Iterator[Finding]:
    yield Finding("bounds", f"{sys.platform} bounds whoever reads a file {limits.held()}")


def _disk(home: Home) -> Iterator[Finding]:
    free, needed = machine.room(home)
    said = f"{free >> 20:,} MB are free, a refresh needs {needed >> 20:,} MB"
    yield Finding("disk", said, None if free >= needed else "yearbook prune, or a larger disk")


def _permissions(home: Home) -> Iterator[Finding]:
    closed = [str(path) for path in _closed(home)]
    said = f"may not be used by this user: {_some(closed)}" if closed else "all can be used"
    yield Finding("permissions", said, "yearbook doctor --fix, or chown" if closed else None)


def _closed(home: Home) -> list[Path]:
    """Folders that cannot be written to and files that cannot be used; not the landed ones."""
    found = []
    folders = [home.root] if home.root.exists() else []
    while folders:
        folder = folders.pop()
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            found.append(folder)
        elif folder != home.landing:
            folders += [path for path in folder.iterdir() if stat.S_ISDIR(path.lstat().st_mode)]
            files = [path for path in folder.iterdir() if path.is_file()]
            found += [path for path in files if not os.access(path, _needed(home, path))]
    return found


def _open(home: Home) -> None:
    """Give the owner what is missing of the rights to use a home."""
    for path in _closed(home):
        mode = 0o700 if path.is_dir() else 0o600 if _needed(home, path) & os.W_OK else 0o400
        path.chmod(path.stat().st_mode | mode)


def _needed(home: Home, file: Path) -> int:
    """How a file has to be open: to be read, and where refreshes write on, to be written too."""
    is_written_on = {home.build, home.dagster} & {*file.parents}
    return os.R_OK | os.W_OK if is_written_on else os.R_OK


def _port(home: Home) -> Iterator[Finding]:
    yield Finding("port", f"{ports.chosen(None, home)} is free for yearbook ui")


def _resting(
    home: Home, name: str, damaged: Callable[[Home], list[str]], fine: str, mend: str
) -> Finding:
    try:
        wrong = damaged(home)
    except (WarehouseError, OSError, sqlite3.Error) as fault:
        wrong = [machine.fault(fault) or str(fault)]
    return Finding(name, _some(wrong), mend) if wrong else Finding(name, fine)


def _schema(home: Home) -> list[str]:
    is_older = home.schema < SCHEMA and snapshots.facts_files(home)
    return (
        [f"schema {home.schema} of an older version, or {home.facts} damaged"] if is_older else []
    )


def _snapshots(home: Home) -> list[str]:
    damaged = [f"{path} is not what was written" for path in snapshots.damaged(home)]
    return damaged or [
        f"{name} is in release {release}, and the home knows nothing of it any more"
        for name, release in releases.forgotten(home, releases.made(home)).items()
    ]


def _releases(home: Home) -> list[str]:
    whole = {name: releases.is_whole(home.releases / name) for name in releases.made(home)}
    wrong = [f"release {name} is damaged" for name, is_whole in whole.items() if not is_whole]
    if not wrong and not releases.current(home):
        wrong.append("there is no current release")
    return wrong


def _remains(home: Home) -> list[str]:
    left = [] if remains.none_yet(home) else remains.damaged(home)
    return [f"{path} is not as a refresh left it" for path in left]


def _history(home: Home) -> list[str]:
    try:
        if instance.is_in_database():
            return []
    except instance.NoStorage as fault:
        return [str(fault)]
    damaged = {*instance.damaged_history(home), *instance.damaged_events(home)}
    wrong = [f"{path} is missing or damaged" for path in sorted(damaged)]
    return wrong or [
        f"{count} {what} of a process that is dead"
        for what, (file, query) in _OF_THE_DEAD.items()
        if (count := _count(home.dagster / file, query))
    ]


def _manifest(home: Home) -> list[str]:
    return [f"{path} is damaged" for path in dbt_manifest.damaged()]


def _count(file: Path, query: str) -> int:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        [(count,)] = database.execute(query).fetchall()
    return count


def _some(texts: list[str]) -> str:
    named, more = "; ".join(texts[:_NAMED]), len(texts) - _NAMED
    return f"{named} and {more} more" if more > 0 else named


# Nobody holds the lock when this is asked
_OF_THE_DEAD = {
    "runs": (
        "history/runs.db",
        "select count(*) from runs join run_tags using (run_id) "
        f"where status in ('STARTING', 'STARTED', 'CANCELING') and key = '{instance.LOCKED}'",
    ),
    "slots in pools": (
        "history/runs/index.db",
        "select count(*) from concurrency_slots where run_id is not null",
    ),
}
# What rests in a home: its name, what is wrong with it, what is said if nothing is, and the mend
_RESTING = (
    ("schema", _schema, f"schema {SCHEMA}", _REFRESH),
    (
        "snapshots",
        _snapshots,
        "every copy and its facts are what was written",
        f"{_REFRESH} takes them from landing again; land what is not there",
    ),
    (
        "releases",
        _releases,
        "every release is what was written",
        f"{_REFRESH} makes the current one anew; yearbook doctor --fix sets others aside",
    ),
    (
        "remains",
        _remains,
        "cells, build file and results are as a refresh left them, or to be made by the next one",
        _REFRESH,
    ),
    ("history", _history, "Dagster's history is whole, and no slot is held", _REFRESH),
    ("manifest", _manifest, "dbt's manifest is what was written", "yearbook doctor --fix"),
)
_REFRESHED = {"schema", "snapshots", "releases", "remains", "history"}
