"""Servers of Apache Spark on the loopback address, for as long as a test lasts."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from orchestration.engines.spark_sessions import QUICK_JAVA


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A standalone cluster of two workers: its address, and the environment of who speaks to it."""
    environment = _environment(folder)
    master = f"spark://127.0.0.1:{(port := _free_port())}"
    address = ("--host", "127.0.0.1", "--webui-port", "0")
    worker = ("worker.Worker", *address, "--cores", "1", "--memory", "1g")
    commands = [("master.Master", *address, "--port", str(port))]
    commands += [(*worker, "--work-dir", str(folder / name), master) for name in ("one", "two")]
    processes = []
    with ExitStack() as running:
        for number, (name, *arguments) in enumerate(commands):
            command = ("spark-class", f"org.apache.spark.deploy.{name}", *arguments)
            log = folder / f"{number}.log"
            processes.append(running.enter_context(_running(command, environment, log)))
        _wait_for(processes[0], folder / "0.log", "Registering worker", 2)
        yield master, environment


@contextmanager
def connect(folder: Path) -> Iterator[str]:
    """A server of Spark Connect on two cores of this machine; its address."""
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": (port := _free_port()),
        "spark.sql.warehouse.dir": folder / "warehouse",
        "spark.ui.enabled": "false",
    }
    given = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    service = ("--class", "org.apache.spark.sql.connect.service.SparkConnectServer")
    memory = ("--driver-memory", "3g")  # one is too little to plan the longest query
    command = ("spark-submit", *service, *memory, "--master", "local[2]", *given, "spark-internal")
    log = folder / "connect.log"
    with _running(command, _environment(folder), log) as process:
        _wait_for(process, log, "Spark Connect server started at", 1)
        yield f"sc://127.0.0.1:{port}"


def _environment(folder: Path) -> dict[str, str]:
    import pyspark

    folder.mkdir()
    settings = QUICK_JAVA | {
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.adaptive.enabled": "false",
    }
    lines = (f"{name} {value}\n" for name, value in settings.items())
    (folder / "spark-defaults.conf").write_text("".join(lines))
    return {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": str(folder),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_DAEMON_MEMORY": "512m",
    }


@contextmanager
def _running(
    command: Sequence[str], environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    program = Path(environment["SPARK_HOME"], "bin", command[0])
    with log.open("w") as stream:
        process = subprocess.Popen(
            [str(program), *command[1:]], env=os.environ | environment, stdout=stream, stderr=stream
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(process: subprocess.Popen[bytes], log: Path, said: str, times: int) -> None:
    for _ in range(600):
        if log.read_text().count(said) >= times:
            return
        if process.poll() is not None:
            break
        time.sleep(1)
    raise AssertionError(log.read_text())
