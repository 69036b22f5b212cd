"""What runs the SQL of a refresh: DuckDB in this process, or Apache Spark."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from gettext import gettext as _
from typing import TYPE_CHECKING, Protocol

from warehouse.contract.errors import WarehouseError

if TYPE_CHECKING:
    import pandas as pd
    from dbt.contracts.results import RunExecutionResult

    from orchestration.resources import Warehouse


class EngineName(StrEnum):
    """The engines that there are."""

    duckdb = "duckdb"
    spark = "spark"


class EngineMissing(WarehouseError):
    """The engine cannot run on this machine as it is; the message says what to install."""


@dataclass(frozen=True)
class Asked:
    """The engine that somebody asked for, and where it runs if it is Spark."""

    name: EngineName = EngineName.duckdb
    master: str = "local[*]"

    @classmethod
    def from_environment(cls) -> "Asked":
        """What YEARBOOK_ENGINE and YEARBOOK_MASTER ask for. Raises `WarehouseError`."""
        name = os.environ.get("YEARBOOK_ENGINE") or cls.name
        if name not in list(EngineName):
            said = _("YEARBOOK_ENGINE is {name}, which is no engine: duckdb or spark")
            raise WarehouseError(said.format(name=name))
        return cls(EngineName(name), os.environ.get("YEARBOOK_MASTER") or cls.master)

    def check(self) -> None:
        """Raise `EngineMissing` if this machine cannot run it."""
        if self.name == EngineName.spark:
            from orchestration.engines import spark

            spark.check(self.master)


class Engine(Protocol):
    """An engine at work for one home."""

    def build(self, arguments: Sequence[str]) -> "RunExecutionResult":
        """Run one `dbt build`; what it made is in the build file. Raises `DbtError`."""

    def rows(self, sql: str) -> "pd.DataFrame":
        """What a query in the SQL of this engine selects from the tables it made."""


@contextmanager
def at_work(warehouse: "Warehouse") -> Iterator[Engine]:
    """The engine that a refresh asked for. Raises `EngineMissing` with the mend."""
    if warehouse.engine == EngineName.duckdb:
        from orchestration.engines.duckdb import DuckDB

        yield DuckDB(warehouse.home)
        return
    from orchestration.engines import spark

    with spark.opened(warehouse.home, warehouse.vintage, warehouse.master) as engine:
        yield engine
