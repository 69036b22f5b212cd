"""Time of building the tables of every vintage, as a ratio to building the newest alone.

Prints; asserts nothing. Both builds run dbt's models on the cells of one demonstration home, in
turn and in this process; what is compared is the time that dbt gives for the run, without
reading the project.
"""

import statistics
import tempfile
from pathlib import Path

from orchestration import dbt_runner, intake
from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store import build

GOAL = 1.5
ROUNDS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        intake.write_demonstration(home)
        intake.take_in(home, home.landing)
        raw.read(home)
        seconds = {"newest": [], "all": []}
        for _ in range(ROUNDS):
            for vintages, found in seconds.items():
                found.append(built(home, vintages))
        for vintages, found in seconds.items():
            print(f"{statistics.median(found):7.2f} s  vintages: {vintages}")
        ratio = statistics.median(seconds["all"]) / statistics.median(seconds["newest"])
        print(f"all / newest {ratio:.2f} (goal {GOAL})")


def built(home: Home, vintages: str) -> float:
    """Seconds that dbt takes for the seeds and models."""
    build.begin(home)
    arguments = ["run", "--vars", f"vintages: {vintages}"]
    dbt_runner.run(home, ["seed"])
    return dbt_runner.run(home, arguments).result.elapsed_time


if __name__ == "__main__":
    main()
