"""The same rows of customs statistics by DuckDB and by Spark: what each takes, and what differs.

Run with `python bench/spark_scale.py [ROWS...]`, by default a million; without Spark it says what
is missing, and ends.
The rows are those of `new_month.py`, in 120 files, and are taken in once; whole refreshes of
copies of that home follow, by DuckDB, by Spark on two cores of this machine, and by a standalone
cluster of a master and two workers on it. What Java takes is read of the system while it runs
(Linux alone), as SPARK_DRIVER_MEMORY lets it.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from measuring import YEARBOOK, cost
from new_month import land
from scale import MONTHS, TAKE

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from orchestration.engines import EngineMissing, spark
from tests.engines import servers
from tests.engines.tables_compared import BY_SQL, differences

_TICKS = os.sysconf("SC_CLK_TCK")
_KIBIBYTES = 1024


def main(sizes: list[int]) -> None:
    """Print seconds and memory of each engine and size, and what is not equal."""
    try:
        spark.check()
    except EngineMissing as missing:
        print(missing)
        return
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), rows)


def _measure(folder: Path, rows: int) -> None:
    home = folder / "home"
    land(home, rows // MONTHS, 0, MONTHS)
    cost(sys.executable, "-c", TAKE, str(home))
    print(f"\n{rows:,} rows in {MONTHS} files, load {os.getloadavg()[0]:.1f}\n")
    print("| engine | seconds | processor, s | MiB | of Java, s | MiB of one Java |")
    print("|" + "---|" * 6)
    by_duckdb = _refreshed(home, "DuckDB")
    by_spark = {"local[2]": _refreshed(home, "Spark", "--engine", "spark", "--master", "local[2]")}
    with servers.cluster(folder / "servers") as (master, environment):
        os.environ.update(environment)
        by_spark["a cluster"] = _refreshed(home, "cluster", "--engine", "spark", "--master", master)
    for name, database in by_spark.items():
        found = differences(by_duckdb, database, BY_SQL, 1e-12)
        print(f"Spark on {name}: {'; '.join(found) or 'every table equal to 1e-12'}")


def _refreshed(home: Path, name: str, *asked: str) -> Path:
    """Print what the refresh of a copy of a home takes; the database of its release."""
    copy = home.parent / name
    shutil.copytree(home, copy, copy_function=os.link)
    began = time.monotonic()
    with _java_watched() as java:
        spent = cost(YEARBOOK, "refresh", "--home", str(copy), *asked)
    seconds = sum(each for each, _ in java.values())
    memory = max((mebibytes for _, mebibytes in java.values()), default=0)
    print(
        f"| {name} | {time.monotonic() - began:.0f} | {spent.seconds:.0f} | {spent.mebibytes:.0f} "
        f"| {seconds:.0f} | {memory:.0f} |",
        flush=True,
    )
    return (copy / "releases" / "current").resolve() / "yearbook.duckdb"


@contextmanager
def _java_watched() -> Iterator[dict[int, tuple[float, float]]]:
    """Processor seconds and peak MiB of each Java process of ours, as long as this lasts."""
    seen: dict[int, tuple[float, float]] = {}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            seen.update(_java())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        ended.set()
        watching.join()


def _java() -> dict[int, tuple[float, float]]:
    """What each Java process below this one has taken by now."""
    stats, statuses = {}, {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            name, _, numbers = (place / "stat").read_text().rpartition(") ")
            stats[int(place.name)] = numbers.split()
            if name.endswith("(java"):
                statuses[int(place.name)] = (place / "status").read_text()
    parents = {process: int(numbers[1]) for process, numbers in stats.items()}
    return {
        process: _taken(stats[process], status)
        for process, status in statuses.items()
        if "VmHWM" in status and _is_ours(process, parents)
    }


def _taken(numbers: list[str], status: str) -> tuple[float, float]:
    """Of the numbers of `stat` after the name, and of `status`."""
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return sum(map(int, numbers[11:13])) / _TICKS, int(peak.split()[1]) / _KIBIBYTES


def _is_ours(process: int, parents: dict[int, int]) -> bool:
    while process in parents and process != os.getpid():
        process = parents[process]
    return process == os.getpid()


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1_000_000])
