"""The history of a home as a refresh writes it: Dagster's own event log, without its waiting."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
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

    def dispose(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        super().dispose()
