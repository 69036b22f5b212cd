"""Apache Spark, on this machine or a cluster, through dbt-spark's session method.

For one refresh the raw tables are laid out as Parquet in `build/spark/`, which the whole cluster
has to see; Spark makes its tables beside them, and they are taken into the build file.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from gettext import gettext as _
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from orchestration import dbt_manifest, dbt_runner
from orchestration.dbt_command import DbtError, invoke
from orchestration.engines import Asked, EngineMissing, spark_sessions
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


def check(master: str = Asked.master) -> None:
    """Raise `EngineMissing` if packages or a Java runtime are not there."""
    if not all(_is_there(package) for package in _PACKAGES):
        raise EngineMissing(
            _(
                "Spark is not installed: run `make spark` in a checkout, or "
                "`pip install 'yearbook[spark]'`"
            )
        )
    if master.startswith(spark_sessions.CONNECT):
        _refuse_token(master)  # Java runs on the server
    else:
        _check_java()


def _refuse_token(master: str) -> None:
    if "token=" in master:
        raise EngineMissing(
            _(
                "the address of Spark Connect has a token, and the history of runs would keep it: "
                "set SPARK_CONNECT_AUTHENTICATE_TOKEN instead"
            )
        )


def _check_java() -> None:
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
    check(master)
    folder = home.build / TARGET
    remove(folder)
    tables = folder / "tables"
    try:
        places = {name: exchange.schema_folder(tables, name) for name in _schemas()}
        with spark_sessions.at_work(master, tables, places, home.build / "spark.log") as session:
            # What a killed refresh left on a server is dropped by now, with all that lay there
            for address, place in exchange.hand_over(home, tables, as_of).items():
                session.sql(f"create table {address} using parquet location '{place.as_uri()}'")
            yield Spark(home, session, tables)
    finally:
        remove(folder)


def _schemas() -> list[str]:
    """Those of the project: of seeds and models, and of the raw tables that they read."""
    described = dbt_manifest.described()
    nodes = (*described["nodes"].values(), *described["sources"].values())
    return sorted({node["schema"] for node in nodes if node["resource_type"] != "test"})
