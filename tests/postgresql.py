"""A server of PostgreSQL for as long as it is wanted."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "a-very-secret-one"


def tools() -> Path | None:
    """Where PostgreSQL's programs are, if it is installed."""
    found = shutil.which("initdb") or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), reverse=True)), None
    )
    return Path(found).parent if found else None


@contextmanager
def serving(programs: Path) -> Iterator[tuple[str, Path]]:
    """The URL of an empty database on a server of its own, and the server's folder."""
    folder = Path(tempfile.mkdtemp(prefix="yearbook-postgresql-"))
    (folder / "password").write_text(PASSWORD)
    user = _unprivileged(folder)

    def call(tool: str, *arguments: str) -> None:
        done = subprocess.run(
            [programs / tool, "-D", folder / "data", *arguments],
            user=user,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    call("initdb", "-U", "yearbook", "--auth=scram-sha-256", f"--pwfile={folder}/password")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -c unix_socket_directories='' -c listen_addresses=127.0.0.1"
    call("pg_ctl", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql://yearbook:{PASSWORD}@127.0.0.1:{port}/postgres", folder / "data"
    finally:
        call("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _unprivileged(folder: Path) -> int:
    """PostgreSQL refuses to be run by root: the user who runs it here, whom the folder belongs to."""
    if os.geteuid():
        return os.geteuid()
    user = pwd.getpwnam("nobody").pw_uid
    for path in (folder, *folder.iterdir()):
        os.chown(path, user, -1)
    return user
