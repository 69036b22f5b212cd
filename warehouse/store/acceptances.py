"""Files that the vintage gate holds back, and how somebody accepts one all the same."""

from dataclasses import dataclass

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.intake import snapshots
from warehouse.store import releases

DEFAULT_REASON = "no reason given"


class NotHeld(WarehouseError):
    """There is nothing to accept under that name; the message says what there is."""


@dataclass(frozen=True)
class HeldFile:
    """A file that the current release does without, and why.

    `acceptance` is the reason for which the next refresh will take it, None if it will not.
    """

    name: str
    source_id: str
    snapshot_sha256: str
    reason: str
    acceptance: str | None


def held(home: Home) -> list[HeldFile]:
    """The files that the current release holds back. Raises `NoRelease` before the first one."""
    accepted = snapshots.acceptances(home)
    with releases.connect_current(home) as release:
        rows = release.execute(
            "select source_id || '/' || edition || '/' || file_name, source_id, snapshot_sha256, "
            "reason from catalog.dim_file where role = 'held' order by all"
        ).fetchall()
    return [
        HeldFile(name, source_id, sha256, reason, accepted.get((source_id, sha256)))
        for name, source_id, sha256, reason in rows
    ]


def accept(home: Home, name: str, reason: str | None = None) -> HeldFile:
    """Have the next refresh take `<source>/<edition>/<file>` although the gate holds it back.

    Returns the file as it was held. Raises `NotHeld` if no such file is held.
    """
    wanted = next((file for file in snapshots.known(home) if file.name == name), None)
    if wanted is None:
        raise NotHeld(
            f"{name} is not known here: write it as <source>/<edition>/<file>; "
            "`yearbook accept` lists what is held"
        )
    for file in held(home):
        if (file.source_id, file.snapshot_sha256) == (wanted.source_id, wanted.snapshot_sha256):
            because = reason or file.acceptance or DEFAULT_REASON
            snapshots.accept(home, file.source_id, file.snapshot_sha256, because)
            return file
    raise NotHeld(
        f"{name} is not held by the current release, so there is nothing to accept: run `yearbook "
        "refresh` first if it is new; `yearbook accept` lists what is held"
    )
