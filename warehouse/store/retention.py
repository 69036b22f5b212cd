"""Which releases a home keeps: the last ones, one a year, the current one and what is pinned.

Who cites a release pins it: `pins/<release>.json` in the home says what for.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.contract import files
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.contract.policy import Releases
from warehouse.store import releases


@dataclass(frozen=True)
class Made:
    """A release, in the order in which releases were made."""

    made_at: float
    name: str
    newest_published_on: date
    is_as_of: bool


def pins(home: Home) -> dict[str, str]:
    """What each pinned release is pinned for. Raises `Damaged`."""
    pinned = sorted((home.root / "pins").glob("[!.]*.json"))
    return {file.stem: files.read_sealed(file)["for"] for file in pinned}


def pin(home: Home, name: str, purpose: str) -> str:
    """Have a release kept for ever; returns its name, for `current` is a name too."""
    name = existing(home, name)
    files.write_sealed(_pin(home, name), {"for": purpose})
    return name


def unpin(home: Home, name: str) -> str:
    """Keep a release no longer than others; returns its name."""
    pinned = pins(home)
    name = name if name in pinned else existing(home, name)
    if name not in pinned:
        raise WarehouseError(f"{name} is not pinned; `yearbook pin` lists what is")
    _pin(home, name).unlink()
    return name


def superfluous(home: Home, policy: Releases) -> list[str]:
    """The releases that nothing asks to keep, the oldest first."""
    made = sorted(all_made(home), key=lambda release: (release.made_at, release.name))
    kept = {release.name for release in made[-policy.keep :]} | {*pins(home)}
    if policy.yearly:
        in_force = (release for release in made if not release.is_as_of)
        kept.update({each.newest_published_on.year: each.name for each in in_force}.values())
    link = home.releases / "current"
    if link.is_symlink():
        kept.add(os.readlink(link))
    return [release.name for release in made if release.name not in kept]


def remove(home: Home, names: Iterable[str]) -> None:
    """Remove releases, each in one step. Only to be called with the refresh lock in hand."""
    for name in names:
        gone = home.releases / f".{name}.gone.tmp"
        os.rename(home.releases / name, gone)
        shutil.rmtree(gone)


def all_made(home: Home) -> list[Made]:
    """Every release of a home that says what it is; a damaged one is left alone."""
    return [
        Made(
            (home.releases / name / releases.FACTS).stat().st_mtime,
            name,
            date.fromisoformat(facts["newest_published_on"]),
            facts["as_of"] is not None,
        )
        for name, facts in releases.made(home).items()
        if facts
    ]


def existing(home: Home, name: str) -> str:
    """The name of a release. Raises `WarehouseError` if there is none of that name."""
    folder = home.releases / name
    names = sorted(release.name for release in all_made(home))
    if folder.is_symlink():
        name = os.readlink(folder)
    if not names:
        raise releases.none_yet(home)
    if name not in names:
        raise WarehouseError(f"{home.root} has no release {name}: it has {', '.join(names)}")
    return name


def _pin(home: Home, name: str) -> Path:
    return home.root / "pins" / f"{name}.json"
