"""The history of a home as a refresh writes it: Dagster's own event log, without its waiting and
without what nobody looks at any more.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

_LOCK_PATIENCE_SECONDS = 60


class EventLog(SqliteEventLogStorage):
    """Dagster's event log, which keeps its files open and does not wait for the disk.

    Dagster opens, prepares and closes a file anew for each of several thousand statements, and has
    each event flushed to the disk. Here a file is opened once and the operating system flushes when
    it likes: every event is committed, so a killed process loses nothing by it; a power cut may
    lose the record of the run, never data.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._connections: dict[str, Connection] = {}
        self._tables: set[str] = set()
        self._key_columns: set[str] = set()
        self._indices: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "EventLog":
        return cls(config_value["base_dir"], inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._connections:
                self._connections[shard] = self._open(shard)
            with self._connections[shard].begin():
                yield self._connections[shard]

    def _open(self, shard: str) -> Connection:
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=NullPool,
            connect_args={"timeout": _LOCK_PATIENCE_SECONDS, "check_same_thread": False},
        )
        self._initdb(engine)
        connection = engine.connect()
        connection.exec_driver_sql("pragma synchronous = off")
        connection.commit()
        return connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that is there stays there."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """Whether the index knows a column of the keys; it is asked for with each event."""
        if column_name not in self._key_columns and super()._has_asset_key_col_on_connection(
            conn, column_name
        ):
            self._key_columns.add(column_name)
        return column_name in self._key_columns

    def has_secondary_index(self, name: str) -> bool:
        """Whether an index is complete; it is asked for twice with each record of an asset."""
        if name not in self._indices and super().has_secondary_index(name):
            self._indices.add(name)
        return name in self._indices

    def delete_events(self, run_id: str) -> None:
        super().delete_events(run_id)
        self._connections.pop(run_id).close()

    def dispose(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        super().dispose()


def beyond(instance: DagsterInstance, keep: int) -> list[str]:
    """The runs that ended, but for the last `keep` and the last good one."""
    ended = instance.get_runs(RunsFilter(statuses=FINISHED_STATUSES))  # the newest first
    good = instance.get_runs(RunsFilter(statuses=[DagsterRunStatus.SUCCESS]), limit=1)
    return [run.run_id for run in ended[keep:] if run not in good]


def forget(instance: DagsterInstance, keep: int) -> None:
    """Forget the runs `beyond`. Only to be called with the refresh lock in hand."""
    for run_id in beyond(instance, keep):
        _forget(instance, run_id)


def _forget(instance: DagsterInstance, run_id: str) -> None:
    """Whatever there is of a run, the run itself last: who is killed here begins again with it.

    Dagster would leave its checks, and of SQLite its file.
    """
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage), storage
    checks = AssetCheckExecutionsTable
    with storage.index_connection() as connection:
        connection.execute(checks.delete().where(checks.c.run_id == run_id))
    storage.delete_events(run_id)
    if isinstance(storage, SqliteEventLogStorage):
        for suffix in ("", "-wal", "-shm"):
            Path(storage.path_for_shard(run_id) + suffix).unlink(missing_ok=True)
    instance.run_storage.delete_run(run_id)
