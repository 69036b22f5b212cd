"""Taking in what was landed, and telling whether there is anything new. No Dagster here: a refresh
with nothing to do is over before Dagster would have been imported.
"""

from datetime import date
from pathlib import Path

from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import Damaged
from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
from warehouse.intake.landing import LandedFile
from warehouse.store import releases, remains

# A source and an edition of it
EXAMPLE = Path("nbs_portal", "2020-09")


class NothingLanded(WarehouseError):
    """There is no file to make a warehouse of; the message says where to put one."""


def write_demonstration(home: Home) -> None:
    """Write the demonstration edition into the landing folder, unless real files are at home there.

    Raises WarehouseError.
    """
    from warehouse import demonstration  # brings pandas

    for file in [*_known_in_part(home), *landing.scan(home.landing)]:
        if not file.synthetic:
            raise WarehouseError(
                f"{home.root} holds {file.name}, which is no demonstration; make the demonstration "
                "elsewhere: yearbook demo --home DIR"
            )
    demonstration.write(home.landing)


def _known_in_part(home: Home) -> list[LandedFile]:
    """What was taken in; nothing where that is damaged, for taking in comes next and mends it."""
    if snapshots.facts_files(home):
        snapshots.take_over(home)
    try:
        return snapshots.known(home)
    except Damaged:
        return []


def take_in(home: Home, folder: Path) -> None:
    """Snapshot every file under a landing folder. Files that were taken before stay known.

    So do those that were rejected, where there is no such folder to tell that they are gone.
    Raises WarehouseError for a folder in which the home keeps what it makes.
    """
    if home.root.resolve().is_relative_to(folder.resolve()):
        raise WarehouseError(
            f"{folder} has the home {home.root} in it, whose files are none to take: land files in "
            f"a folder of their own, such as {home.landing}"
        )
    rejected = raw.rejected(home) if folder.is_dir() else set()
    snapshots.take(home, landing.scan(folder), rejected)
    if not snapshots.known(home):
        raise NothingLanded(
            f"no files in {folder}; {where_to_land(folder)}, or see `yearbook demo`"
        )


def where_to_land(folder: Path) -> str:
    """How a landing folder has to look, with an example."""
    return (
        "put them at <source>/<edition>/<file> there, with an _edition.yml beside them: for "
        f"example {folder / EXAMPLE}/<file> and an _edition.yml with `published_on: 2020-09-30`"
    )


def still_to_come(home: Home) -> list[str]:
    """What is declared to be published on a later day than this.

    It is said and not kept with the files, for a release is the same whatever a clock shows.
    """
    today = date.today()
    declared = {
        (f"{file.source_id}/{file.edition}", file.published_on)
        for file in snapshots.known(home)
        if file.published_on and file.published_on > today
    }
    return [
        f"{edition} has files published on {day}, a day that is still to come: until the date in "
        "_edition.yml is corrected they count as newer than all else"
        for edition, day in sorted(declared)
    ]


def check_as_of(home: Home, as_of: date | None) -> None:
    """Raise `NothingLanded` if no file was published by a date."""
    if as_of is None or snapshots.facts_files(home, as_of):
        return
    dated = [(file.published_on, file.name) for file in snapshots.known(home) if file.published_on]
    published_on, name = min(dated, default=(None, None))
    earliest = f"; the earliest is {name} of {published_on}" if name else ""
    raise NothingLanded(f"no file was published by {as_of}{earliest}")


def nothing_new(home: Home, as_of: date | None = None) -> bool:
    """Whether the current release is made of the files taken in and the code as they are now, and
    what was left beside it is as it was."""
    current = releases.current(home)
    return (
        current is not None
        and current["fingerprint"] == releases.fingerprint(home, as_of)
        and not remains.damaged(home)
    )


def is_synthetic(home: Home) -> bool:
    """Whether a home holds a demonstration; real and synthetic files never meet in one home."""
    return any(file.synthetic for file in snapshots.known(home))
