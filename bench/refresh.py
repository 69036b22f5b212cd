"""What a refresh costs, as ratios to importing its libraries in the same run.

Prints; asserts nothing. All times are processor seconds, user and system. The floor is a process
that only imports what a refresh needs; cold is `yearbook demo` in a new process and a new home,
where dbt has read this state of the project before; warm is the same work a second time in one
interpreter, with every raw cell read again.
"""

import sys
import tempfile
from pathlib import Path

from measuring import YEARBOOK, cost, floor, show

KEEP = "from orchestration import dbt_manifest; dbt_manifest.keep()"
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
started = time.process_time()
refresh(home, home.landing)
print(time.process_time() - started)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cold_home, warm_home = (str(Path(folder) / name) for name in ("cold", "warm"))
        importing = floor()
        _print("import floor", importing)
        _measured("dbt reads the project, once a state of the code", sys.executable, "-c", KEEP)
        cold = _measured("yearbook demo, cold", YEARBOOK, "demo", "--home", cold_home)
        again = cost(sys.executable, "-c", WARM, warm_home).said.splitlines()[-1]
        _print("the same again, warm", float(again))
        _measured("yearbook refresh, nothing new", YEARBOOK, "refresh", "--home", cold_home)
        _measured("yearbook sql", YEARBOOK, "sql", "from catalog.release", "--home", cold_home)
        _measured("yearbook --help", YEARBOOK, "--help")
    show("cold demonstration over the import floor", cold / importing, 5)


def _measured(what: str, *command: str) -> float:
    spent = cost(*command)
    _print(what, spent.seconds, f"{spent.mebibytes:.0f} MiB")
    return spent.seconds


def _print(what: str, seconds: float, memory: str = "") -> None:
    print(f"{seconds:7.2f} s {memory:>9}  {what}")


if __name__ == "__main__":
    main()
