"""What people decide about landed files: one that the vintage gate holds back is accepted all the
same, one that does not belong into the world is withdrawn from it. Either can be undone.
"""

from dataclasses import dataclass

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.intake import snapshots
from warehouse.intake.landing import LandedFile
from warehouse.intake.snapshots import Verdict
from warehouse.store import releases

DEFAULT_REASON = "no reason given"


class NoSuchFile(WarehouseError):
    """There is nothing to decide under that name; the message says what there is."""


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
    accepted = snapshots.verdicts(home, Verdict.accepted)
    with releases.connect_current(home) as release:
        rows = release.execute(
            "select source_id || '/' || edition || '/' || file_name, source_id, snapshot_sha256, "
            "reason from catalog.dim_file where role = 'held' order by all"
        ).fetchall()
    return [
        HeldFile(name, source_id, sha256, reason, accepted.get((source_id, sha256)))
        for name, source_id, sha256, reason in rows
    ]


def accept(home: Home, name: str, reason: str | None = None) -> None:
    """Have the next refresh take `<source>/<edition>/<file>` although the gate holds it back.

    Raises `NoSuchFile` if no such file is held.
    """
    wanted = _known(home, name)
    for file in held(home):
        if (file.source_id, file.snapshot_sha256) == (wanted.source_id, wanted.snapshot_sha256):
            because = reason or file.acceptance or DEFAULT_REASON
            snapshots.decide(home, Verdict.accepted, wanted, because)
            return
    raise NoSuchFile(
        f"{name} is not held by the current release, so there is nothing to accept: run `yearbook "
        "refresh` first if it is new; `yearbook accept` lists what is held"
    )


def withdraw(home: Home, name: str, reason: str | None = None) -> None:
    """Have the next refresh do without the bytes of `<source>/<edition>/<file>`.

    Other bytes of that name are not withdrawn. Raises `NoSuchFile`.
    """
    file = _known(home, name)
    if file.snapshot_sha256 is None:
        raise NoSuchFile(
            f"{name} was never read, for it {file.problem}: there is nothing to withdraw"
        )
    snapshots.decide(home, Verdict.withdrawn, file, reason or DEFAULT_REASON)


def undo(home: Home, verdict: Verdict, name: str) -> None:
    """Take back what was decided about `<source>/<edition>/<file>`. Raises `NoSuchFile`."""
    if not snapshots.undo(home, verdict, _known(home, name)):
        raise NoSuchFile(
            f"{name} is not {verdict}, so there is nothing to undo: `yearbook {verdict.command}` "
            "lists what is"
        )


def decided(home: Home, verdict: Verdict) -> dict[str, str]:
    """The names of the files for which a verdict holds, and the reasons."""
    found = snapshots.verdicts(home, verdict)
    files = {file.name: (file.source_id, file.snapshot_sha256) for file in snapshots.known(home)}
    return {name: found[key] for name, key in files.items() if key in found}


def _known(home: Home, name: str) -> LandedFile:
    for file in snapshots.known(home):
        if file.name == name:
            return file
    raise NoSuchFile(
        f"{name} is not known here: write it as <source>/<edition>/<file>; "
        "`yearbook accept` lists what is held, `from catalog.dim_file` in `yearbook sql` all files"
    )
