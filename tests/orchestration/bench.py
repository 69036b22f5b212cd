"""Where the time of a refresh goes: `make bench`. Prints wall times; nothing is asserted."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

YEARBOOK = Path(sys.executable).with_name("yearbook")
IMPORTS = "dagster", "dagster_dbt", "dbt.cli.main", "pandas", "linearmodels"


def main() -> None:
    for module in IMPORTS:
        timed(f"import {module}", sys.executable, "-c", f"import {module}")
    with tempfile.TemporaryDirectory() as home:
        timed("yearbook --help", YEARBOOK, "--help")
        timed("yearbook demo, first time", YEARBOOK, "demo", "--home", home)
        timed("yearbook refresh, nothing new", YEARBOOK, "refresh", "--home", home)
        (Path(home) / "releases" / "current").unlink()
        timed("yearbook refresh, all files read before", YEARBOOK, "refresh", "--home", home)
        timed("yearbook sql", YEARBOOK, "sql", "from catalog.release", "--home", home)


def timed(what: str, *command: str | Path) -> None:
    """Run a command, show what it says of its stages, and how long it took."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(f"{time.perf_counter() - started:7.2f} s  {what}")
    for line in done.stderr.splitlines():
        if " in " in line and "warning" not in line:
            print(f"           {line}")


if __name__ == "__main__":
    main()
