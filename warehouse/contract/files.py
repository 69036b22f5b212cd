"""Files of a home: written whole or not at all, with what shows later that they are the same."""

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from warehouse.contract.errors import WarehouseError

SEAL = "seal"
# Bytes of a file that takes longer to hash than to ask for
_LARGE = 1 << 20
_Known = dict[str, str]
# Hashes of large files as they are: those asked for since `each_hashed_once`, those kept before
_known: _Known | None = None
_kept: _Known = {}


class Damaged(WarehouseError):
    """A file is not what was written; the message names it."""


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes. Raises OSError."""
    with path.open("rb") as stream:
        about = os.fstat(stream.fileno())
        if _known is None or about.st_size < _LARGE:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        # One more name of a file changes its ctime, as a release gives to rows; nobody else's file
        changed = about.st_mtime_ns if about.st_nlink > 1 else about.st_ctime_ns
        parts = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, changed)
        file = "-".join(map(str, parts))
        if file not in _known:
            _known[file] = _kept.get(file) or hashlib.file_digest(stream, "sha256").hexdigest()
        return _known[file]


def make_read_only(path: Path) -> None:
    """Have nobody write to a file; who may read it stays as the umask of its maker had it."""
    path.chmod(path.stat().st_mode & 0o444)


@contextmanager
def each_hashed_once(kept: Path) -> Iterator[None]:
    """Within it a large file is read for its hash once, whatever its names, unless it was written.

    For work that asks for the same hash many times, as a refresh does. Hashes are kept in a file
    for the next time: what has the same place on the disk, size and time of its last change is
    not read again. Within another one it is that one.
    """
    global _known, _kept
    if _known is not None:
        yield
        return
    with suppress(Damaged):
        _kept = read_sealed(kept)
    _known = {}
    try:
        yield
        if _known != _kept:
            _flush()  # before a hash is kept of what the system has in memory alone
            write_sealed(kept, _known)
    finally:
        _known, _kept = None, {}


def _flush() -> None:
    """Have disks write what was written; Windows has no such call."""
    if sys.platform != "win32":
        os.sync()


def has_sha256(path: Path, sha256: str | None) -> bool:
    """Whether there is a file that can be read and has this hash."""
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def remove(path: Path) -> None:
    """Remove what stands at a path, whatever that is."""
    if path.is_dir() and not path.is_symlink():
        if sys.platform == "win32":  # which removes nothing that may only be read
            for each in path.rglob("*"):
                each.chmod(stat.S_IWRITE)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def replace(draft: Path, path: Path) -> None:
    """Put a finished draft in its place in one step, whatever stands there.

    Windows puts nothing in the place of a folder, a link to one included: there it takes two.
    """
    if path.is_dir() and (sys.platform == "win32" or not path.is_symlink()):
        remove(path)
    os.replace(draft, path)


def link(file: Path, place: Path) -> None:
    """Have a file in a second place; a copy where the file system has no links."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)


def own_bytes(path: Path) -> int:
    """The bytes of a file, or of all files below a folder, but of those with another name.

    What is removed meanwhile counts nothing: a refresh may be at work.
    """
    walked = (Path(place, name) for place, _, names in os.walk(path) for name in names)
    total = 0
    for each in walked if path.is_dir() else [path]:
        with suppress(FileNotFoundError):
            found = each.lstat()
            total += found.st_size if found.st_nlink == 1 else 0
    return total


def below(folder: Path, suffix: str = "") -> list[Path]:
    """Every path of that suffix below a folder, in their order; folders are looked into, not named.

    Raises OSError for a folder that cannot be opened: `rglob` would pass it over.
    """

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        # A folder in the place of a file is what stands there
        names += [name for name in folders if suffix and name.endswith(suffix)]
        folders[:] = [name for name in folders if name not in names]
        found += [Path(place, name) for name in names if name.endswith(suffix)]
    return sorted(found)


def reachable(
    folder: Path, but: Collection[Path] = (), above: frozenset[str] = frozenset()
) -> Iterator[Path]:
    """Every path below a folder that is none itself, in their order; links to folders are followed.

    A folder may rest on another disk. Not those of `but`, nor a link to a folder that it lies in,
    which are `above`. A folder that cannot be opened stands for what is in it.
    """
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for path in inside:
        if path in but:
            continue
        if path.is_dir():
            yield from reachable(path, but, above | {real})
        else:
            yield path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a small file, a text in UTF-8, in one step: a reader sees the old one or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}.tmp")
    try:
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        replace(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def write_sealed(path: Path, content: Mapping[str, Any], indent: int | None = None) -> None:
    """Write facts as JSON with the hash of themselves."""
    plain = json.loads(json.dumps(content, default=str))
    sealed = plain | {SEAL: _seal_of(plain)}
    write_atomically(path, json.dumps(sealed, ensure_ascii=False, indent=indent) + "\n")


def read_sealed(path: Path) -> dict[str, Any]:
    """The facts that were written, without their hash. Raises Damaged if they are not these."""
    content = read_object(path)
    if content.pop(SEAL, None) != _seal_of(content):
        raise Damaged(f"{path} is not what was written")
    return content


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file, sealed or not. Raises Damaged if there is none."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise Damaged(f"{path} cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Damaged(f"{path} is damaged")
    return content


def _seal_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
