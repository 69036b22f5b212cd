"""What the other scripts share: what a process costs, and a result beside its goal."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

YEARBOOK = str(Path(sys.executable).with_name("yearbook"))
FLOOR = "import dagster, dagster_dbt, duckdb, pandas, linearmodels, dbt.cli.main"


@dataclass(frozen=True)
class Cost:
    """Processor time (user and system) of a process and those it starts, and its peak memory."""

    seconds: float
    mebibytes: float
    said: str


def cost(*command: str) -> Cost:
    """Run a command, which has to succeed, and say what it cost."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{said}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)


def floor() -> float:
    """Seconds of a process that only imports what a refresh needs: the less of two."""
    return min(cost(sys.executable, "-c", FLOOR).seconds for _ in range(2))


def show(what: str, ratio: float, goal: float) -> None:
    """One line of the comparison with the goals."""
    print(f"{ratio:7.2f}  (goal {goal:g})  {what}")
