"""Faults of the machine, neither of a file nor of the program: no room, no permission, no memory.

Whoever meets them says them in words of its own (the system, DuckDB, SQLite, the importer), and a
step of a run hands on nothing but these words; so they are known by what is said.
"""

import os
import shutil
from pathlib import Path

from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import own_bytes
from warehouse.contract.home import Home

_ROOM = "make room there (`yearbook prune` removes what is old) and run the command again"
_RIGHTS = (
    "this user has to be allowed to: `yearbook doctor --fix` mends the permissions of a home for "
    "its owner, --home DIR chooses another"
)
_READ_ONLY = (
    "nothing can be written there: mount it for writing, or choose another home (--home DIR)"
)
_MEMORY = "memory ran out: close other programs or raise the limit (ulimit -v)"
_MENDS = {
    "No space left on device": _ROOM,
    "disk is full": _ROOM,
    "Disk quota exceeded": _ROOM,
    "disk I/O error": f"the disk is full, or it fails: {_ROOM}",
    "File too large": f"a limit of the size of files (ulimit -f) or the disk forbids it: {_ROOM}",
    "Permission denied": _RIGHTS,
    "Operation not permitted": _RIGHTS,
    "Read-only file system": _READ_ONLY,
    "readonly database": _RIGHTS,
    "unable to open database file": _RIGHTS,
    "File name too long": "choose a home with a shorter path (--home DIR)",
    "Not a directory": "a file stands where a folder belongs: move it away",
    "File exists": "a file stands where a folder belongs: move it away",
    "Is a directory": "a folder stands where a file belongs: move it away",
    "required privilege is not held": "let this user make links (Windows: turn on developer mode)",
    "Too many open files": "raise the limit of open files (ulimit -n)",
    "Too many levels of symbolic links": "remove the link that leads to itself",
    "Input/output error": "the disk fails: look after it, and restore a backup elsewhere",
    "MemoryError": _MEMORY,
    "Cannot allocate memory": _MEMORY,
    "failed to map segment": _MEMORY,
    "Out of Memory": "let DuckDB have more (YEARBOOK_MEMORY=12GB), or close other programs",
    "bad_alloc": _MEMORY,
    "codec can't encode": "have Python read and write UTF-8 (PYTHONUTF8=1, PYTHONIOENCODING unset)",
    "can't start new thread": "raise the limit of processes (ulimit -u)",
}
_LONGEST = 300
# A refresh writes its build file and its release anew while the last ones still stand
_LEAST_ROOM = 200 << 20


def fault(error: BaseException | str) -> str | None:
    """What a fault of the machine is in one sentence, with the mend; None if it is none."""
    for line in _said(error).splitlines():
        for words, mend in _MENDS.items():
            if words.lower() in line.lower():
                return f"{' '.join(line.split())[:_LONGEST]}: {mend}"
    return None


def unmakeable(home: Home, error: BaseException) -> str | None:
    """What is wrong with a home where the system takes no folder (/proc); None if that is not it.

    It says of the folder, or of one above it, that it is not there.
    """
    if not isinstance(error, FileNotFoundError) or home.root.exists():
        return None
    if Path(error.filename or "") not in (home.root, *home.root.parents):
        return None
    return (
        f"{home.root} cannot be made, for the system takes no folder there: --home DIR chooses "
        "another"
    )


def _said(error: BaseException | str) -> str:
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename} cannot be opened or written: " if error.filename else ""
        return f"{place}{error.strerror}"
    return error if isinstance(error, str) else f"{type(error).__name__}: {error}".rstrip(": ")


def room(home: Home) -> tuple[int, int]:
    """The bytes that are free where a home lies, and those that a refresh needs."""
    place = next(path for path in (home.root, *home.root.parents) if path.is_dir())
    return shutil.disk_usage(place).free, max(_LEAST_ROOM, _last_size(home))


def check_room(home: Home) -> None:
    """Raise `WarehouseError` if a refresh would not find the room that it needs."""
    free, needed = room(home)
    if free < needed:
        raise WarehouseError(
            f"{free >> 20:,} MB are free where {home.root} lies, and a refresh needs "
            f"{needed >> 20:,} MB: {_ROOM}"
        )


def _last_size(home: Home) -> int:
    """The bytes of the last build file, and of what the current release alone has."""
    places = (home.build, (home.releases / "current").resolve())
    return sum(own_bytes(place) for place in places if os.path.exists(place))
