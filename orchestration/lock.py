"""One refresh at a time: a lock that the operating system releases when its holder dies."""

import getpass
import json
import math
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import remove
from warehouse.contract.home import Home

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PATIENCE_SECONDS = 10.0
# What a lock of Windows covers cannot be read: it stands far behind what the file says
_BEHIND_ITS_TEXT = 1 << 30

_held: set[Path] = set()


class Busy(WarehouseError):
    """Another refresh holds the lock; the message says who it is."""


@contextmanager
def refreshing(home: Home, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the refresh lock of a home; raises `Busy` when `patience` seconds were not enough.

    A process that holds the lock already enters at once: the command takes it for the whole
    refresh, and the run that it starts in its own process takes it again.
    """
    path = home.build / "refresh.lock"
    if path in _held:
        yield
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(exclusively(path, patience))
        except TimeoutError:
            raise Busy(f"another refresh is at work on {home.root}: {_holder(path)}") from None
        with suppress(OSError):  # on a full disk nobody reads who holds it, and `prune` makes room
            os.write(file.fileno(), json.dumps(_this_process()).encode())
        _held.add(path)
        try:
            yield
        finally:
            _held.remove(path)
            file.truncate(0)


@contextmanager
def exclusively(path: Path, patience: float = math.inf) -> Iterator[TextIO]:
    """Hold a lock file, emptied and open for writing; raises `TimeoutError` after `patience` s."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path) and not path.is_file():  # nobody can have locked it
        remove(path)
    deadline = time.monotonic() + patience
    with path.open("a+", encoding="utf-8") as file:
        while True:
            try:
                _take(file)
                break
            except _TAKEN:
                if time.monotonic() >= deadline:
                    raise TimeoutError(path) from None
                time.sleep(0.1)
        file.truncate(0)
        yield file


def holder(home: Home) -> str | None:
    """Who is refreshing a home right now; None if nobody is."""
    path = home.build / "refresh.lock"
    try:
        with path.open() as file:
            _take(file, is_shared=True)
    except _TAKEN:
        return _holder(path)
    except OSError:  # there is no lock that anybody could hold
        return None
    return None


if sys.platform == "win32":
    _TAKEN, _NAMELESS = PermissionError, "a user without a name"

    def _take(file: TextIO, is_shared: bool = False) -> None:
        """Lock an open file until it is closed; raises `_TAKEN` if another process has it."""
        os.lseek(file.fileno(), _BEHIND_ITS_TEXT, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        os.lseek(file.fileno(), 0, os.SEEK_SET)

else:
    _TAKEN, _NAMELESS = BlockingIOError, str(os.getuid())

    def _take(file: TextIO, is_shared: bool = False) -> None:
        """Lock an open file until it is closed; raises `_TAKEN` if another process has it."""
        fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def _holder(path: Path) -> str:
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # it has just taken the lock, or is just letting go
        return "it has only just begun or ended; try again"
    return (
        f"process {who['pid']} of {who['user']} on {who['host']}, since {who['since']}; "
        "try again when it has finished"
    )


def _this_process() -> dict[str, object]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        user = _NAMELESS
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return {"pid": os.getpid(), "user": user, "host": socket.gethostname(), "since": since}
