"""One refresh at a time: a lock that the operating system releases when its holder dies."""

import fcntl
import getpass
import json
import math
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import remove
from warehouse.contract.home import Home

PATIENCE_SECONDS = 10.0

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
        json.dump(_this_process(), file)
        file.flush()
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
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
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
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(path)
    except OSError:  # there is no lock that anybody could hold
        return None
    return None


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
        user = str(os.getuid())
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return {"pid": os.getpid(), "user": user, "host": socket.gethostname(), "since": since}
