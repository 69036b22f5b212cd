"""Sessions of Apache Spark: in a Java process of our own, or by Spark Connect on a server.

dbt-spark takes the session that there is, and that of the environment where it is one of a server.
A server has one catalog for all its sessions: schemas are made with their place, and are dropped.
"""

import logging
import os
import socket
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from orchestration.dbt_command import one_line
from orchestration.engines import EngineMissing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONNECT = "sc://"
_PORT_OF_CONNECT = 15002  # where an address names none
# Of the version of pandas, and of what dbt-spark asks for with each statement
_WARNINGS = ("PySpark does not yet fully", "Failed to set spark.sql.catalogImpl")
# dbt-spark turns off ANSI mode with each statement, whatever is set here
_OF_EACH_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    # Of queries with many cases the plan alone took gigabytes
    "spark.sql.constraintPropagation.enabled": "false",
}
# A server keeps the plans of the last queries, and their texts whole: of long ones more than memory
_OF_A_SERVER = {
    "spark.connect.session.planCache.enabled": "false",
    "spark.sql.maxPlanStringLength": "10000",
}
_OF_OUR_OWN = {
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# A plan is made once: optimising what makes it took half of all processor time
QUICK_JAVA = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"
}
_OF_ONE_MACHINE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    **QUICK_JAVA,
}


@contextmanager
def at_work(
    master: str, folder: Path, schemas: Mapping[str, Path], log: Path
) -> "Iterator[SparkSession]":
    """A session that has these schemas, each in its place. Raises `EngineMissing` with the mend."""
    logging.getLogger("SQLQueryContextLogger").disabled = True  # dbt says what went wrong
    opened = _connected(master) if master.startswith(CONNECT) else _started(master, folder, log)
    with opened as session, ExitStack() as made:
        for name, place in schemas.items():
            made.enter_context(_schema(session, name, place))
        yield session


@contextmanager
def _started(master: str, folder: Path, log: Path) -> "Iterator[SparkSession]":
    """Of a Java process; what is not set here is for spark-defaults.conf."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_DRIVER_MEMORY", "2g")
    is_tuned_here = master.startswith("local") and "SPARK_CONF_DIR" not in os.environ
    settings = _OF_EACH_SESSION | _OF_OUR_OWN | (_OF_ONE_MACHINE if is_tuned_here else {})
    settings |= {"spark.master": master, "spark.sql.warehouse.dir": folder.as_uri()}
    failed = _("Spark did not start on {master}: {error}; all it said is in {log}")
    with _stderr_in(log):  # of the Java process, for as long as it lives
        session = _session(settings, failed, master=master, log=log)
    session.sparkContext.setLogLevel("OFF")
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def _connected(master: str) -> "Iterator[SparkSession]":
    """Of a server of Spark Connect, which has its own settings."""
    failed = _("Spark Connect gives no session at {master}: {error}")
    _ask_for_an_answer(master, failed)
    with _named_by_the_environment(master), warnings.catch_warnings():
        for said in _WARNINGS:
            warnings.filterwarnings("ignore", said)
        session = _session(_OF_EACH_SESSION | _OF_A_SERVER, failed, master=master)
        try:
            _give_up_early(session)
            yield session
        finally:
            session.stop()


@contextmanager
def _named_by_the_environment(master: str) -> Iterator[None]:
    """Have pyspark, called by dbt, take the session of a server."""
    os.environ["SPARK_REMOTE"] = master
    try:
        yield
    finally:
        for name in ("SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"):
            os.environ.pop(name, None)


def _give_up_early(session: "SparkSession") -> None:
    """Of a server that is gone pyspark would try each statement for ten minutes."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    session.client.set_retry_policies([DefaultPolicy(max_retries=5)])


def _session(settings: Mapping[str, str], failed: str, **told: object) -> "SparkSession":
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("yearbook")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        cause = one_line(str(error))[:300]
        raise EngineMissing(failed.format(error=cause, **told)) from None


def _ask_for_an_answer(master: str, failed: str) -> None:
    """Raise `EngineMissing` if nobody listens; pyspark would ask again for ten minutes."""
    address = urlsplit(master)
    try:
        port = address.port or _PORT_OF_CONNECT
        socket.create_connection((address.hostname or "", port), timeout=30).close()
    except (OSError, ValueError) as error:
        raise EngineMissing(failed.format(master=master, error=error)) from None


@contextmanager
def _schema(session: "SparkSession", name: str, place: Path) -> Iterator[None]:
    """A schema that is made now and dropped in the end, unless its server is gone by then."""
    from pyspark.errors import PySparkException

    _drop_if_left(session, name, place)
    session.sql(f"create schema {name} location '{place.as_uri()}'")
    try:
        yield
    finally:
        with suppress(PySparkException):
            session.sql(f"drop schema {name} cascade")


def _drop_if_left(session: "SparkSession", name: str, place: Path) -> None:
    """Drop what a killed refresh of this home left. Raises `EngineMissing` for another's."""
    if not session.catalog.databaseExists(name):
        return
    there = unquote(urlsplit(session.catalog.getDatabase(name).locationUri).path)
    if there != place.as_posix():
        taken = _(
            "this server of Spark has a schema {name} already, in {place}: wait for the refresh "
            "that uses it, or, if there is none, drop it on the server (drop schema {name} cascade)"
        )
        raise EngineMissing(taken.format(name=name, place=there))
    session.sql(f"drop schema {name} cascade")


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
