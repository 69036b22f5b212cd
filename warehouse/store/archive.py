"""A home in one file, and a home out of it.

The archive (tar, gzip) holds everything of a home that cannot be made again, and last of all
`hashes.json`: what each file of it has to be. Cells, measures of value chains, build file and
results are left out, for a refresh makes them again.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import reachable, sha256_of
from warehouse.contract.home import Home

HASHES = "hashes.json"
_CURRENT = "releases/current"
_GZIP = b"\x1f\x8b"  # how every archive begins


class DamagedArchive(WarehouseError):
    """An archive is not what was written, or none of ours; nothing was restored of it."""


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def write(home: Home, target: Path) -> int:
    """Write the archive of a home, and restore it beside itself to see that it is whole.

    Returns how many files it holds. Only to be called with the refresh lock in hand, for nothing
    may change meanwhile. Raises `WarehouseError` if a file cannot be read, or changed after all.
    """
    _check_target(home, target)
    if not any(_files(home)):
        raise WarehouseError(f"there is nothing in {home.root} to back up")
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        hashes = _write(home, draft)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            _extract(draft, Path(folder))
        os.replace(draft, target)
    except OSError as error:
        raise WarehouseError(f"{target} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            draft.unlink()
    return len(hashes)


def restore(archive: Path, home: Home) -> int:
    """Make a home of an archive, all of it or nothing; returns how many files it has.

    Raises `WarehouseError` if something is in the folder already, and `DamagedArchive`.
    """
    if not archive.is_file():
        raise WarehouseError(f"there is no file {archive}: name an archive of `yearbook backup`")
    if home.root.exists() and (not home.root.is_dir() or any(home.root.iterdir())):
        raise WarehouseError(f"{home.root} is not empty: name a folder that is not there yet")
    home.root.parent.mkdir(parents=True, exist_ok=True)
    unfinished = home.root.with_name(f".{home.root.name}.{os.getpid()}.tmp")
    try:
        hashes = _extract(archive, unfinished)
        os.rename(unfinished, home.root)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return len(hashes)


def _check_target(home: Home, target: Path) -> None:
    """An archive takes the place of an older one, be it damaged, and of no other file."""
    if home.root.resolve() in target.resolve().parents:
        raise WarehouseError(f"{target} would be part of itself: name a file outside of the home")
    if target.is_dir():
        raise WarehouseError(f"{target} is a folder: name a file in it")
    if target.is_file() and not _GZIP.startswith(_first_bytes(target)):
        raise WarehouseError(f"{target} is there already and no archive: name another file")


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_GZIP))


def _write(home: Home, draft: Path) -> dict[str, str]:
    with tarfile.open(draft, "w:gz", compresslevel=6) as archive:
        hashes: dict[str, str] = {}
        for name, path in _files(home):
            hashes[name] = _add(archive, name, path, hashes)
        if (home.root / _CURRENT).is_symlink():
            archive.add(home.root / _CURRENT, _CURRENT)
        text = json.dumps(hashes, indent=1).encode()
        member = tarfile.TarInfo(HASHES)
        member.size = len(text)
        archive.addfile(member, BytesIO(text))
    return hashes


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """Every file that is kept: its name in the archive, and where it lies.

    A folder of the home that rests elsewhere, behind a link, is one of it all the same.
    """
    made_again = {home.raw, home.value_chains, home.by_snapshot, home.build, home.results}
    for path in reachable(home.root, {*made_again, home.root / _CURRENT}):
        place = path.relative_to(home.root)
        if path.is_dir():
            raise WarehouseError(f"{path} cannot be kept: it cannot be opened")
        is_draft = any(part.startswith(".") and part.endswith(".tmp") for part in place.parts)
        if path.is_file() and not is_draft:
            yield place.as_posix(), path


def _add(archive: tarfile.TarFile, name: str, path: Path, hashes: Mapping[str, str]) -> str:
    """Add a file, and return the hash of what was added; `hashes` has those before it."""
    if not name.startswith("dagster/") or path.suffix != ".db":
        return _add_bytes(archive, name, path, hashes)
    with tempfile.TemporaryDirectory() as folder:
        return _add_bytes(archive, name, _copied(path, Path(folder)), hashes)


def _copied(database: Path, folder: Path) -> Path:
    """A history as of one moment, whatever the daemon is writing into it; a damaged one as it is.

    What SQLite keeps beside it (`-wal`) is in the copy.
    """
    copy = folder / database.name
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.DatabaseError:
        return database
    return copy


def _add_bytes(archive: tarfile.TarFile, name: str, path: Path, hashes: Mapping[str, str]) -> str:
    try:
        with path.open("rb") as file:
            member = archive.gettarinfo(arcname=name, fileobj=file)
            if member.islnk():  # rows that several releases have are there once
                archive.addfile(member)
                return hashes[member.linkname]
            member.size = os.fstat(file.fileno()).st_size
            hashing = _Hashing(file)
            archive.addfile(member, hashing)
    except OSError as error:
        raise WarehouseError(f"{path} cannot be kept: {error.strerror or error}") from None
    return hashing.digest.hexdigest()


def _extract(archive: Path, folder: Path) -> dict[str, str]:
    """Write every file of an archive below a folder, each compared with its hash."""
    try:
        with tarfile.open(archive, "r:gz") as members:
            members.extractall(folder, filter=_as_it_was)
        listed = folder / HASHES
        hashes = json.loads(listed.read_text(encoding="utf-8"))
        listed.unlink()
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise WarehouseError(f"{archive} cannot be restored: {error.strerror}") from None
        raise DamagedArchive(
            f"{archive} is no archive of `yearbook backup`, or is damaged: name another one, or "
            "copy it anew from where it was kept"
        ) from None
    _compare(archive, folder, hashes)
    return hashes


def _as_it_was(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo:
    """Nothing outside of the folder; what was read-only stays so."""
    safe = tarfile.data_filter(member, path)
    return safe.replace(mode=member.mode & 0o755, deep=False) if member.isreg() else safe


def _compare(archive: Path, folder: Path, hashes: dict[str, str]) -> None:
    """Raise `DamagedArchive` unless a folder holds just the files that were written."""
    there = {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in folder.rglob("*")
        if path.is_file()
    }
    if differing := sorted({name for name, _ in there.items() ^ hashes.items()}):
        raise DamagedArchive(f"{archive} is damaged: {differing[0]} is not what was written")
