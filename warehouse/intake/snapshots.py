"""Snapshots: every landed file as an immutable copy, the facts about every name it had, and what
somebody decided about its bytes: accepted although the vintage gate holds them back, or withdrawn.
"""

import dataclasses
import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import date
from enum import StrEnum
from pathlib import Path

from warehouse.contract.editions import FileDeclaration
from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import (
    SEAL,
    Damaged,
    below,
    has_sha256,
    make_read_only,
    read_object,
    read_sealed,
    remove,
    replace,
    write_sealed,
)
from warehouse.contract.home import SCHEMA, Home, OtherSchema
from warehouse.intake.landing import LandedFile

DAMAGED = (
    "the copy of its bytes among the snapshots is damaged or gone: land the file again, or take it "
    "out with `yearbook withdraw`"
)
KEPT = "what was taken of it before is used"
_LONGEST_NAME = 255  # bytes, in the file systems that are in use


def take(
    home: Home, landed: Iterable[LandedFile], rejected: Collection[str] = ()
) -> list[LandedFile]:
    """Copy the bytes of landed files and write down their facts; returns what is new or changed.

    A name that is gone from landing stays known, unless its bytes still lie there under another
    name (it was renamed) or it was never taken: it could not be read from where it lay, or its
    content is among the `rejected`. One that cannot be opened any more stays too. A copy that is
    damaged is made again from landing; without a file there it is not to be read, and the facts
    say so.
    Raises WarehouseError if demonstration and real data would meet.
    """
    now = {file.name: file for file in landed}
    if now or facts_files(home):
        take_over(home)
    for file in now.values():
        _remove_damaged(_facts_path(home, file))
    before = {file.name: file for file in known(home)}
    taken = {name: file for name, file in before.items() if name not in rejected}
    now = {name: _opened_or_kept(home, file, taken.get(name)) for name, file in now.items()}
    absent = {name: file for name, file in before.items() if name not in now}
    still_there = {(file.source_id, file.snapshot_sha256) for file in now.values()}
    gone = [
        file
        for name, file in absent.items()
        if file.problem not in (None, DAMAGED)
        or (file.problem is None and name in rejected)
        or (file.source_id, file.snapshot_sha256) in still_there
    ]
    kept = [file for file in absent.values() if file not in gone]
    _refuse_mixing([*now.values(), *kept])
    for file in now.values():
        _copy_bytes(home, file)
    changed = [
        file
        for file in [*now.values(), *(_verified(home, file) for file in kept)]
        if _facts(file) != _facts(before.get(file.name))
    ]
    for file in changed:
        write_sealed(_facts_path(home, file), _facts(file) or {})
    for file in gone:
        _facts_path(home, file).unlink()
    return changed


def _opened_or_kept(home: Home, file: LandedFile, taken: LandedFile | None) -> LandedFile:
    """A landed file; where it cannot be opened, what was taken of it before if that is whole."""
    if file.snapshot_sha256 or taken is None or taken.problem or not _is_whole(home, taken):
        return file
    return dataclasses.replace(taken, remark=f"{file.problem}; {KEPT}")


def take_over(home: Home) -> None:
    """Have a home of an older version say what it holds as this one does. Raises `OtherSchema`.

    What it cannot take over stays as it is, and is damaged to whoever reads it.
    """
    home.refuse_newer()
    if home.schema == SCHEMA:
        return
    for path in facts_files(home):
        _seal(path, lambda facts: _facts(_landed(home, facts)))
    for path in verdict_files(home):
        _seal(path, dict)
    write_sealed(home.facts, {"schema": SCHEMA})


def _seal(path: Path, as_now: Callable[[dict], dict | None]) -> None:
    """Write facts without a hash as they are written now."""
    with suppress(Damaged, KeyError, TypeError, ValueError):
        content = read_object(path)
        if SEAL not in content and (now := as_now(content)):
            write_sealed(path, now)


def _check_schema(home: Home) -> None:
    """Raise `OtherSchema` unless what is kept here is of this version."""
    home.refuse_newer()
    if home.schema < SCHEMA and facts_files(home):
        raise OtherSchema(
            f"{home.root} was made by an older version of Yearbook, or its {home.facts.name} is "
            "damaged: `yearbook refresh` takes it over"
        )


def facts_files(home: Home, as_of: date | None = None) -> list[Path]:
    """The files that hold the facts of landed names; with `as_of`, of those published by then."""
    files = below(home.snapshots / "files", ".json")
    if as_of is None:
        return files
    return [file for file in files if "" < (_read(file)["published_on"] or "") <= str(as_of)]


def known(home: Home) -> list[LandedFile]:
    """Every landed name that a snapshot was taken of, in the order of source, edition and name.

    Raises `OtherSchema`, and Damaged for facts that are not what was written.
    """
    _check_schema(home)
    facts = [_read(path) for path in facts_files(home)]
    files = [_landed(home, content) for content in facts]
    return sorted(files, key=lambda file: (file.source_id, file.edition, file.file_name))


def damaged(home: Home) -> list[Path]:
    """What is kept of landed files and is not what was written: facts, verdicts and copies."""
    read = read_sealed if home.schema == SCHEMA else read_object
    found, names = [], set()
    for path in [*facts_files(home), *verdict_files(home)]:
        try:
            names.add(read(path)["snapshot_sha256"])
        except (Damaged, KeyError):
            found.append(path)
    copies = [home.snapshots / name for name in sorted(filter(None, names))]
    return [*found, *(path for path in copies if not has_sha256(path, path.name))]


class Verdict(StrEnum):
    """What somebody decided about the bytes of a file; also the folder where it is kept."""

    accepted = "accepted"
    withdrawn = "withdrawn"

    @property
    def command(self) -> str:
        """The command that decides so."""
        return {"accepted": "accept", "withdrawn": "withdraw"}[self]


def verdicts(home: Home, verdict: Verdict) -> dict[tuple[str, str | None], str]:
    """The reasons for a verdict, by source and SHA-256. Raises as `known` does."""
    _check_schema(home)
    contents = map(_read, below(home.snapshots / verdict, ".json"))
    return {(said["source_id"], said["snapshot_sha256"]): said["reason"] for said in contents}


def verdict_files(home: Home) -> list[Path]:
    """The files that hold the verdicts."""
    return [path for kind in Verdict for path in below(home.snapshots / kind, ".json")]


def decide(home: Home, verdict: Verdict, file: LandedFile, reason: str) -> None:
    """Write down a verdict on the bytes of a file; other bytes of that name are not meant.

    There is no clock in it, for it decides what a release holds.
    """
    said = {
        "source_id": file.source_id,
        "snapshot_sha256": file.snapshot_sha256,
        "reason": reason,
    }
    write_sealed(_verdict_path(home, verdict, file), said)


def undo(home: Home, verdict: Verdict, file: LandedFile) -> bool:
    """Take a verdict back; False if there is none."""
    path = _verdict_path(home, verdict, file)
    is_there = path.exists()
    path.unlink(missing_ok=True)
    return is_there


def _verdict_path(home: Home, verdict: Verdict, file: LandedFile) -> Path:
    return _place(home.snapshots / verdict, f"{file.source_id}/{file.snapshot_sha256}.json")


def _read(facts: Path) -> dict:
    """What was written down about a file. Raises Damaged if it is not that any more."""
    try:
        return read_sealed(facts)
    except Damaged as damage:
        raise Damaged(
            f"{damage}: remove it, and land again (or accept, or withdraw) the file that it was "
            "about"
        ) from None


def _remove_damaged(facts: Path) -> None:
    """Make way for facts that are known anew."""
    try:
        if os.path.lexists(facts):
            _read(facts)
    except Damaged:
        remove(facts)


def _facts(file: LandedFile | None) -> dict | None:
    if file is None:
        return None
    facts = {field.name: getattr(file, field.name) for field in dataclasses.fields(file)}
    del facts["path"]
    return facts | {
        "published_on": file.published_on and file.published_on.isoformat(),
        "declaration": file.declaration.model_dump(mode="json", exclude_none=True),
    }


def _landed(home: Home, facts: dict) -> LandedFile:
    published_on = facts.get("published_on")
    return LandedFile(
        **facts
        | {
            "path": home.snapshots / (facts.get("snapshot_sha256") or ""),
            "published_on": published_on and date.fromisoformat(published_on),
            "declaration": FileDeclaration.model_validate(facts.get("declaration", {})),
        }
    )


def _facts_path(home: Home, file: LandedFile) -> Path:
    name = f"{file.file_name}.json"
    if len(name.encode()) > _LONGEST_NAME:
        name = f"{_hash(name)}.json"
    return _place(home.snapshots / "files", f"{file.source_id}/{file.edition}/{name}")


def _place(folder: Path, name: str) -> Path:
    """Where facts are kept: not below a folder `x.json`, which would stand for those of a `x`."""
    return folder / (f"{_hash(name)}.json" if ".json/" in name else name)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_mixing(files: Iterable[LandedFile]) -> None:
    placed = [file for file in files if file.problem is None]
    synthetic = next((file for file in placed if file.synthetic), None)
    real = next((file for file in placed if not file.synthetic), None)
    if synthetic and real:
        raise WarehouseError(
            f"demonstration data ({synthetic.name}) and real data ({real.name}) would meet in one "
            "home: use another folder (--home DIR) for one of them"
        )


def _copy_bytes(home: Home, file: LandedFile) -> None:
    if _is_whole(home, file):
        return
    target = home.snapshots / str(file.snapshot_sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with suppress(FileNotFoundError):  # it may be gone by now
            shutil.copyfile(file.path, copy)
        if not has_sha256(copy, file.snapshot_sha256):
            raise WarehouseError(f"{file.path} changed while it was being copied: run this again")
        make_read_only(copy)
        replace(copy, target)
    finally:
        copy.unlink(missing_ok=True)


def _is_whole(home: Home, file: LandedFile) -> bool:
    """Whether the copy of a file has its bytes, so far as it has any that could be read."""
    sha256 = file.snapshot_sha256
    return sha256 is None or has_sha256(home.snapshots / sha256, sha256)


def _verified(home: Home, file: LandedFile) -> LandedFile:
    """The facts of a file that is not in landing: whether its copy can be read."""
    if _is_whole(home, file):
        return dataclasses.replace(file, problem=None)
    return dataclasses.replace(file, problem=DAMAGED)
