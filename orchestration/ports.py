"""Ports of this machine: which one the UI can have, and who has it instead."""

import os
import socket
import zlib
from contextlib import suppress
from itertools import count
from pathlib import Path

from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home

HOST = "127.0.0.1"
RELEASE = "/release"  # where the UI has the files of the current release
_FIRST, _MANY = 3000, 1000


class PortTaken(WarehouseError):
    """Somebody else listens on the port; the message says who, where the system tells."""


def of(home: Home) -> int:
    """A port that differs from home to home and stays the same: 3000 to 3999."""
    return _FIRST + zlib.crc32(os.fsencode(home.root)) % _MANY


def chosen(port: int | None, home: Home, address: str = HOST) -> int:
    """The port that was asked for, else the first free one from the home's own on.

    Raises `PortTaken`, and WarehouseError for a port or an address that cannot be had.
    """
    if _refused(address, 0):  # which is any port
        raise WarehouseError(f"{address} is no address of this machine: leave --listen away")
    if port is None:
        return next(number for number in count(of(home)) if not _refused(address, number))
    refused = _refused(address, port)
    if isinstance(refused, PermissionError):
        raise WarehouseError(
            f"this user may not open port {port}: choose one above 1023 with --port"
        )
    if refused:
        raise PortTaken(
            f"port {port} is taken{_holder(port)}: end that, or choose another with --port"
        )
    return port


def _refused(address: str, port: int) -> OSError | None:
    """Why nobody can listen there; None if one can."""
    try:
        [(family, *_, place), *_others] = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
        with socket.socket(family) as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(place)
    except OSError as error:
        return error
    return None


def _holder(port: int) -> str:
    """The process that listens on a port, as Linux tells it (proc(5)), else nothing."""
    inodes = set()
    with suppress(OSError):
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1].endswith(f":{port:04X}") and fields[3] == "0A":
                inodes.add(f"socket:[{fields[9]}]")
    for descriptor in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        with suppress(OSError):
            if os.readlink(descriptor) in inodes:
                process = descriptor.parts[2]
                command = Path("/proc", process, "cmdline").read_bytes().split(b"\0")
                words = b" ".join(command).decode(errors="replace").strip()
                return f" by process {process} ({words[:80]})"
    return ""
