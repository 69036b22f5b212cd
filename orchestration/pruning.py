"""What a home can do without, by its policy: releases, runs, and drafts of killed commands."""

import shutil
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from orchestration import instance, lock
from orchestration.language import said_later as _said
from warehouse.contract import policy
from warehouse.contract.files import own_bytes
from warehouse.contract.home import Home
from warehouse.store import retention

_DAY = 86_400


@dataclass(frozen=True)
class Pruned:
    """What was removed, or would be: of a kind, by name, and its size in bytes."""

    kind: str
    names: list[str]
    size: int


def prune(home: Home, is_dry: bool) -> list[Pruned]:
    """Remove what the policy does not keep; snapshots and what was landed stay, whatever it says.

    With `is_dry` only look, which may be done while a refresh is at work; else that raises `Busy`.
    Raises `WarehouseError` for a wrong policy.
    """
    kept = policy.read(home)
    with nullcontext() if is_dry else lock.refreshing(home):
        names = retention.superfluous(home, kept.releases)
        size = sum(own_bytes(home.releases / name) for name in names)
        drafts = list(_drafts(home, kept.drafts.days))
        left = Pruned(
            _said("drafts"), [_name(home, path) for path in drafts], sum(map(own_bytes, drafts))
        )
        if not is_dry:
            retention.remove(home, names)
            for path in drafts:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        # Last, for SQLite needs room to forget
        runs = _runs(home, kept.history.runs, is_dry)
    return [Pruned(_said("releases"), names, size), runs, left]


def _runs(home: Home, keep: int, is_dry: bool) -> Pruned:
    """The runs that are forgotten."""
    if not (home.dagster / "dagster.yaml").exists():
        return Pruned(_said("runs"), [], 0)
    instance.prepare(home)
    from orchestration import history

    with instance.opened(home) as dagster_instance:
        runs = history.beyond(dagster_instance, keep)
        events = [*chain(*(home.dagster.glob(f"history/runs/{run}.db*") for run in runs))]
        size = sum(map(own_bytes, events))
        if not is_dry:
            history.forget(dagster_instance, keep)
    return Pruned(_said("runs"), runs, size)


def _drafts(home: Home, days: int) -> Iterator[Path]:
    """Files that a killed command was writing, and what was set aside as damaged and not pinned."""
    before = time.time() - days * _DAY
    pinned = retention.pins(home)
    beside = (folder for folder in home.root.glob("*") if folder not in (home.releases, home.build))
    for path in [
        *(path for folder in beside for path in folder.rglob(".*.tmp")),
        *home.dagster.glob("*-damaged-*"),
        *home.dagster.glob("history/runs/*-damaged"),
        *(path for path in home.releases.glob(".*.damaged") if path.stem[1:] not in pinned),
    ]:
        with suppress(FileNotFoundError):  # a fetch may be finishing it
            if path.lstat().st_mtime < before:
                yield path


def _name(home: Home, path: Path) -> str:
    return path.relative_to(home.root).as_posix()
