"""Apache Spark, in this process or on a cluster, through dbt-spark's session method.

For one refresh the raw tables are laid out as Parquet in `build/spark/`, which the whole cluster
has to see; Spark makes its tables beside them, and they are taken into the build file.
"""

import logging
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from orchestration import dbt_runner
from orchestration.dbt_command import DbtError, invoke, one_line
from orchestration.engines import EngineMissing
from orchestration.keys import dbt_address
from warehouse.contract.files import remove
from warehouse.contract.home import Home
from warehouse.store import build, exchange

if TYPE_CHECKING:
    import pandas as pd
    from dbt.contracts.results import RunExecutionResult
    from pyspark.sql import SparkSession

TARGET = "spark"
_PACKAGES = ("pyspark", "dbt.adapters.spark")
# The macros of a release, which are made with this table, are DuckDB's, whoever made the others
_MACROS = "catalog.macro"


@dataclass(frozen=True)
class Spark:
    """A session, and the folder of its tables."""

    home: Home
    session: "SparkSession"
    tables: Path

    def build(self, arguments: Sequence[str]) -> "RunExecutionResult":
        """Run one `dbt build` in the session, and take what it made. Raises `DbtError`."""
        quietly = [*arguments, "--no-write-json"]
        artefacts = self.home.build / "dbt" / TARGET
        ran = invoke(quietly, build.path(self.home), artefacts, target=TARGET).result
        results = cast("RunExecutionResult", ran)
        made = _made(results)
        views = [address for address, is_view in made.items() if is_view]
        exchange.take_back(self.home, self.tables, made.keys() - views)
        self._add_of_duckdb([*views, *({_MACROS} & made.keys())])
        return results

    def _add_of_duckdb(self, addresses: Sequence[str]) -> None:
        """Have DuckDB make what holds no rows of its own. Raises `DbtError`."""
        names = [address.split(".")[1] for address in addresses]
        if names and not dbt_runner.run(self.home, ["run", "--select", *names]).success:
            raise DbtError(f"DuckDB could not make {', '.join(addresses)}")

    def rows(self, sql: str) -> "pd.DataFrame":
        """What a query selects from the tables of the session."""
        import pandas as pd

        # Not toPandas(), which warns of this version of pandas
        selected = self.session.sql(sql)
        return pd.DataFrame.from_records(selected.collect(), columns=selected.columns)


def _made(results: "RunExecutionResult") -> dict[str, bool]:
    """The addresses of the tables that a run made; whether each is a view."""
    made = [result.node.to_dict() for result in results.results if result.status == "success"]
    return {dbt_address(node): node["config"]["materialized"] == "view" for node in made}


def check() -> None:
    """Raise `EngineMissing` if packages or a Java runtime are not there."""
    if not all(_is_there(package) for package in _PACKAGES):
        raise EngineMissing(
            _(
                "Spark is not installed: run `make spark` in a checkout, or "
                "`pip install 'yearbook[spark]'`"
            )
        )
    java_home = os.environ.get("JAVA_HOME")
    java = Path(java_home, "bin", "java") if java_home else "java"
    if shutil.which(java) is None:
        needed = _(
            "Spark needs Java 17 or 21, and there is no {java}: install a runtime "
            "(on Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"
        )
        raise EngineMissing(needed.format(java=java))


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package above it
        return False


@contextmanager
def opened(home: Home, as_of: date | None, master: str) -> Iterator[Spark]:
    """Spark on the raw tables of a build file; what lies in its folder afterwards is removed."""
    check()
    folder = home.build / TARGET
    remove(folder)
    try:
        raw = exchange.hand_over(home, folder / "tables", as_of)
        with _at_work(master, folder, home.build / "spark.log") as session:
            session.sql(f"create schema {exchange.RAW}")
            for address, place in raw.items():
                session.sql(f"create table {address} using parquet location '{place.as_uri()}'")
            yield Spark(home, session, folder / "tables")
    finally:
        remove(folder)


@contextmanager
def _at_work(master: str, folder: Path, log: Path) -> "Iterator[SparkSession]":
    with _stderr_in(log):  # of the Java process, for as long as it lives
        session = _session(master, folder, log)
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def _stderr_in(file: Path) -> Iterator[None]:
    """Have whatever this process starts meanwhile write its errors to a file."""
    own = os.dup(2)
    try:
        with file.open("w") as stream:
            os.dup2(stream.fileno(), 2)
        yield
    finally:
        os.dup2(own, 2)
        os.close(own)


def _session(master: str, folder: Path, log: Path) -> "SparkSession":
    """A session whose tables lie in a folder; what it does not set is for spark-defaults.conf."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").disabled = True  # dbt says what went wrong
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_DRIVER_MEMORY", "2g")
    builder = SparkSession.builder.appName("yearbook").master(master)
    is_tuned_here = master.startswith("local") and "SPARK_CONF_DIR" not in os.environ
    settings = _SETTINGS | (_OF_ONE_MACHINE if is_tuned_here else {})
    settings["spark.sql.warehouse.dir"] = (folder / "tables").as_uri()
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        said = _("Spark did not start on {master}: {error}; all it said is in {log}")
        cause = one_line(str(error))[:300]
        raise EngineMissing(said.format(master=master, error=cause, log=log)) from None
    session.sparkContext.setLogLevel("OFF")
    return session


_SETTINGS = {
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_OF_ONE_MACHINE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
}
