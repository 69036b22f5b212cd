"""Which release is meant: a name, a date, a folder, `latest` (`current`) or `previous`."""

import os
from datetime import date
from gettext import gettext as _
from pathlib import Path

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import releases, retention

LATEST, PREVIOUS = "latest", "previous"


def folder_of(home: Home, text: str) -> Path:
    """The folder of a whole release.

    A date is the last release of which no file was published after it; `latest` the current one,
    `previous` the one made before that. Raises `WarehouseError` for what is no release, or damaged.
    """
    path = Path(text)
    folder = path if os.sep in text or path.is_dir() else home.releases / _name_of(home, text)
    if not releases.is_whole(folder):
        said = _("{folder} is no release, or not what was written: name another")
        raise WarehouseError(said.format(folder=folder))
    return folder


def _name_of(home: Home, text: str) -> str:
    made = sorted(retention.all_made(home), key=lambda release: (release.made_at, release.name))
    names = [release.name for release in made]
    current = (home.releases / releases.CURRENT).resolve().name
    if text in (LATEST, releases.CURRENT) and current in names:
        return current
    if text == PREVIOUS and current in names[1:]:
        return names[names.index(current) - 1]
    day = _day(text)
    by_then = [each for each in made if day and not each.is_as_of]
    by_then = [each for each in by_then if day and each.newest_published_on <= day]
    if by_then:
        return max(by_then, key=lambda each: (each.newest_published_on, each.made_at)).name
    return retention.existing(home, text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
