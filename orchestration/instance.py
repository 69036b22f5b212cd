"""The Dagster instance of a home: its settings, and what a killed run left behind in it."""

import errno
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import machine
from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import below, write_atomically
from warehouse.contract.home import Home

if TYPE_CHECKING:
    from dagster import DagsterInstance

# A run with this tag got as far as holding the refresh lock.
LOCKED = "yearbook/locked_by"
_OWNER = "yearbook/home"

# What a run writes into; the events of each lie in a file of its own beside the index
_HISTORY = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")

# The URL of a PostgreSQL database for the history, instead of files in the home
STORAGE = "YEARBOOK_STORAGE"
_PATIENCE_MILLISECONDS = 60_000
_ROOM_TO_READ = 1 << 20
_DRIVER = "postgresql+psycopg2://"
_URL = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"

# Compute logs would start a process a step to copy what the step prints. A sensor that looks every
# five minutes says a hundred thousand times a year that there was nothing.
_SETTINGS = """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency: {pools: {granularity: op, default_limit: 1}}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
code_servers: {local_startup_timeout: 600}
retention:
  schedule: {purge_after_days: 370}
  sensor: {purge_after_days: {skipped: 2, success: 370, failure: 30, started: 30}}
"""
# Dagster reads the URL itself, so that its password is written nowhere
_ON_POSTGRESQL = f"storage: {{postgres: {{postgres_url: {{env: {STORAGE}}}}}}}\n"


class NoStorage(WarehouseError):
    """YEARBOOK_STORAGE names no database for this home; the message says what is wrong with it."""


class DamagedHistory(WarehouseError):
    """The history of runs is not to be read; the message says what begins it anew."""


def holder() -> str:
    """The process that holds the lock, as the tag `LOCKED` says it."""
    return f"{os.getpid()}@{socket.gethostname()}"


def prepare(home: Home) -> None:
    """Write the settings of the instance and point Dagster at it, without importing Dagster."""
    settings = home.dagster / "dagster.yaml"
    url = _url()
    wanted = _SETTINGS + (_ON_POSTGRESQL if url else "")
    if not settings.is_file() or settings.read_bytes() != wanted.encode():
        write_atomically(settings, wanted)
    if url:
        os.environ[STORAGE] = url
    os.environ.update(
        DAGSTER_HOME=str(home.dagster),
        YEARBOOK_HOME=str(home.root),
        DAGSTER_DISABLE_TELEMETRY="1",
        DO_NOT_TRACK="1",
        # A busy machine is no reason to give up a run; Dagster's own patience is a minute
        DAGSTER_GRPC_TIMEOUT_SECONDS="600",
        DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS="600",
        DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS="600",
    )


def is_in_database() -> bool:
    """Whether the history is in a database, which is there. Raises `NoStorage` if it is not."""
    if url := _url():
        _check_reached(url)
    return url is not None


def check_storage(home: Home) -> None:
    """Raise `NoStorage` if there is a database to be used that cannot be, or is another home's."""
    if url := _url():
        _check_reached(url)
        from dagster import DagsterInstance

        with DagsterInstance.from_config(str(home.dagster)) as instance:
            _claim(instance, home)


def opened(home: Home) -> "DagsterInstance":
    """The instance of a home for a process that runs a job; to be prepared before.

    Raises `NoStorage` and `DamagedHistory`.
    """
    check_history(home)
    from dagster import DagsterInstance
    from dagster._core.instance.ref import InstanceRef

    if _url():
        check_storage(home)
        return DagsterInstance.from_config(str(home.dagster))
    event_log = {
        "module": "orchestration.history",
        "class": "EventLog",
        "config": {"base_dir": str(home.dagster / "history" / "runs")},  # where Dagster has it
    }
    return DagsterInstance.from_ref(
        InstanceRef.from_dir(str(home.dagster), overrides={"event_log_storage": event_log})
    )


def _url() -> str | None:
    """The database that was asked for, as SQLAlchemy finds our driver.

    Raises `NoStorage` if it is none of PostgreSQL.
    """
    url = os.environ.get(STORAGE)
    if not url:
        return None
    if not url.startswith(("postgresql://", _DRIVER)):
        raise NoStorage(f"{STORAGE} is no URL of PostgreSQL: {_URL}")
    return _DRIVER + url.partition("://")[2]


def _check_reached(url: str) -> None:
    """Raise `NoStorage` if nobody answers; Dagster would try for long and end in a trace."""
    import psycopg2

    try:
        psycopg2.connect(url.replace(_DRIVER, "postgresql://"), connect_timeout=10).close()
    except psycopg2.Error as error:
        said = " ".join(str(error).split())
        # Of a URL that it misunderstands it prints pieces, such as half of a password
        if not said.startswith("connection to server"):
            said = f"write it as {_URL}, with % and two digits for what is no letter or digit"
        raise NoStorage(f"the database of {STORAGE} cannot be used: {said}") from None


def _claim(instance: "DagsterInstance", home: Home) -> None:
    """Write down whose history a database has; one that is another's is refused.

    Two homes in one database would take each other's runs for those of dead processes.
    """
    storage = instance.run_storage
    owner = storage.get_cursor_values({_OWNER}).get(_OWNER)
    if owner and owner != str(home.root) and Path(owner).exists():
        raise NoStorage(
            f"the database of {STORAGE} has the history of {owner}: give {home.root} its own"
        )
    storage.set_cursor_values({_OWNER: str(home.root)})


def stay_connected(instance: "DagsterInstance") -> None:
    """Hold a connection to PostgreSQL; one a statement costs several times what the statement does.

    Dagster has it for its web server. Files of SQLite are not concerned.
    """
    instance.optimize_for_webserver(
        statement_timeout=_PATIENCE_MILLISECONDS, pool_recycle=3600, max_overflow=20
    )


def end_dead_runs(instance: "DagsterInstance", own_run_id: str) -> None:
    """Free the pool slots that any other run still holds, and mark the runs of killed processes.

    Only to be called with the refresh lock in hand: whoever else is marked as holding it is dead,
    and so is whoever holds a slot, for no step is run without the lock. Without this the next run
    would wait for the slot of a dead one without end. Whatever moment it is killed at, the next
    call finds what is left to do.
    """
    from dagster import DagsterRunStatus, RunsFilter

    for run_id in instance.event_log_storage.get_concurrency_run_ids() - {own_run_id}:
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)
    unfinished = RunsFilter(
        statuses=[
            DagsterRunStatus.NOT_STARTED,
            DagsterRunStatus.STARTING,
            DagsterRunStatus.STARTED,
            DagsterRunStatus.CANCELING,
        ]
    )
    for run in instance.get_runs(unfinished):
        if LOCKED in run.tags and run.run_id != own_run_id:
            instance.report_run_failed(run, "the process of this run was killed")


def set_aside_damage(home: Home) -> list[Path]:
    """Move what is damaged of the history out of the way; the folders where it is now.

    It tells of refreshes and holds no data. Only to be called with the refresh lock in hand.
    """
    there = [file for file in damaged_history(home) if os.path.lexists(file)]
    folders = {home.dagster / file.relative_to(home.dagster).parts[0] for file in there}
    number = 1 + len(list(home.dagster.glob("*-damaged-*")))
    asides = []
    for folder in sorted(folders):
        asides.append(folder.with_name(f"{folder.name}-damaged-{number}"))
        folder.rename(asides[-1])
    return asides


def check_history(home: Home) -> None:
    """Raise WarehouseError if Dagster would stumble over what lies in a home, or may not write."""
    if home.dagster.exists() and not os.access(home.dagster, os.W_OK):
        raise WarehouseError(
            f"Dagster writes to {home.dagster}, and this user cannot: allow it (`yearbook doctor "
            "--fix`), mount the disk for writing, or choose another home (--home DIR)"
        )
    for file in damaged_history(home):
        if os.path.lexists(file):
            raise DamagedHistory(
                f"{file} is damaged: `yearbook refresh` sets the history aside and begins it anew"
            )


def damaged_history(home: Home) -> list[Path]:
    """The files of the history that are missing or damaged; in PostgreSQL there are none."""
    names = () if _url() else _HISTORY
    return [file for name in names if not _is_sound(file := home.dagster / name)]


def damaged_events(home: Home) -> list[Path]:
    """The files of events of single runs that are damaged."""
    return [file for file in below(home.dagster / "history" / "runs", ".db") if not _is_sound(file)]


def _is_sound(file: Path) -> bool:
    """Whether SQLite finds the pages of a file in order, and the mark of Dagster's tables in it.

    Beside a file that it only reads it writes all the same, unless it is told that nobody can.
    """
    how = "mode=ro" if os.access(file.parent, os.W_OK) else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?{how}", uri=True)) as database:
            checked = database.execute("pragma quick_check(1)").fetchall()
            marks = database.execute("select version_num from alembic_version").fetchall()
            return checked == [("ok",)] and len(marks) == 1
    except sqlite3.DatabaseError:
        _refuse_other_faults(file)
        return False


def _refuse_other_faults(file: Path) -> None:
    """Raise PermissionError for a file of other users, WarehouseError where there is no room.

    SQLite has to write to read it: the file may be sound.
    """
    if os.path.exists(file) and not os.access(file, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    place = next(folder for folder in file.parents if folder.is_dir())
    if shutil.disk_usage(place).free < _ROOM_TO_READ:
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))
        raise WarehouseError(machine.fault(full)) from None
