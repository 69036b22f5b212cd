"""Time and memory of a refresh, as ratios to what importing its libraries costs in the same run.

Prints; asserts nothing. The floor is a process that only imports what a refresh needs; cold
is `yearbook demo` in a new process and a new home; warm is the same work a second time in one
interpreter, with every raw cell read again.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

YEARBOOK = str(Path(sys.executable).with_name("yearbook"))
FLOOR = "import dagster, dagster_dbt, duckdb, pandas, linearmodels, dbt.cli.main"
WARM = """
import shutil, sys, time
from pathlib import Path
from orchestration.refresh import refresh
from warehouse import demonstration
from warehouse.contract.home import Home

home = Home(Path(sys.argv[1]))
demonstration.write(home.landing)
refresh(home, home.landing)
(home.releases / "current").unlink()
shutil.rmtree(home.raw)
started = time.perf_counter()
refresh(home, home.landing)
print(time.perf_counter() - started)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        floor = measured("import floor", sys.executable, "-c", FLOOR)
        cold = measured("yearbook demo, cold", YEARBOOK, "demo", "--home", str(place / "cold"))
        warm = float(output(sys.executable, "-c", WARM, str(place / "warm")))
        print(f"{warm:7.2f} s             the same again, warm")
        measured(
            "yearbook refresh, nothing new", YEARBOOK, "refresh", "--home", str(place / "cold")
        )
        query = "from catalog.release"
        measured("yearbook sql", YEARBOOK, "sql", query, "--home", str(place / "cold"))
        measured("yearbook --help", YEARBOOK, "--help")
        again = measured("import floor", sys.executable, "-c", FLOOR)
    floor = min(floor, again)
    print(f"cold / floor {cold / floor:.2f}   warm / floor {warm / floor:.2f}")


def measured(what: str, *command: str) -> float:
    """Run a command; print and return its wall time, with its peak memory and its stages."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{what} failed:\n{said}")
    print(f"{seconds:7.2f} s {usage.ru_maxrss / 1024:6.0f} MiB  {what}")
    for line in said.splitlines():
        if " in " in line and "warning" not in line:
            print(f"                       {line}")
    return seconds


def output(*command: str) -> str:
    """The last line that a command prints on stdout."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    main()
