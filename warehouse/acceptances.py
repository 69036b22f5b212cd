"""Files that the vintage gate holds back, and those that somebody accepted all the same.

An acceptance is kept beside the snapshots, under the bytes that were accepted: another file under
the same name has to be accepted anew. It has no clock in it, for it decides what a release holds.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from warehouse import releases, snapshots
from warehouse.errors import WarehouseError
from warehouse.home import Home

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


def folder(home: Home) -> Path:
    """Where acceptances are kept: `<source>/<sha256>.json`."""
    return home.snapshots / "accepted"


def reasons(home: Home) -> dict[tuple[str, str], str]:
    """Why each accepted file was accepted, by source and SHA-256."""
    contents = [
        json.loads(path.read_text(encoding="utf-8")) for path in folder(home).rglob("*.json")
    ]
    return {(said["source_id"], said["snapshot_sha256"]): said["reason"] for said in contents}


def held(home: Home) -> list[HeldFile]:
    """The files that the current release holds back. Raises `NoRelease` before the first one."""
    accepted = reasons(home)
    with releases.connect_current(home) as release:
        rows = release.execute(
            "select source_id || '/' || edition || '/' || file_name, source_id, snapshot_sha256, "
            "reason from catalog.dim_file where role = 'held' order by all"
        ).fetchall()
    return [HeldFile(*row, acceptance=accepted.get((row[1], row[2]))) for row in rows]


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
            _write(home, file, reason or file.acceptance or DEFAULT_REASON)
            return file
    raise NotHeld(
        f"{name} is not held by the current release, so there is nothing to accept: run `yearbook "
        "refresh` first if it is new; `yearbook accept` lists what is held"
    )


def _write(home: Home, file: HeldFile, reason: str) -> None:
    said = {
        "source_id": file.source_id,
        "snapshot_sha256": file.snapshot_sha256,
        "reason": reason,
    }
    path = folder(home) / file.source_id / f"{file.snapshot_sha256}.json"
    snapshots.write_atomically(path, json.dumps(said, ensure_ascii=False))
