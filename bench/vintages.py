"""What further editions cost: CPU of dbt's models over a home with many of them, as a ratio to one.

Prints; asserts nothing. A demonstration home, and the same with further editions of one of its
files, each with one changed digit, on dates of their own. Both are built in turn and in this
process; what is compared is the processor time of dbt's run.
"""

import re
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from orchestration import dbt_runner, intake
from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store import build

GOAL = 1.10
EDITIONS = 48
ROUNDS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        homes = {
            "as it is": Home(Path(folder) / "one"),
            "48 editions more": Home(Path(folder) / "many"),
        }
        for home in homes.values():
            intake.write_demonstration(home)
        add_editions(homes["48 editions more"])
        for home in homes.values():
            intake.take_in(home, home.landing)
            raw.read(home)
        seconds: dict[str, list[float]] = {name: [] for name in homes}
        for _ in range(ROUNDS):
            for name, home in homes.items():
                seconds[name].append(built(home))
        for name, found in seconds.items():
            print(f"{statistics.median(found):7.2f} s of CPU  {name}")
        few, many = (statistics.median(found) for found in seconds.values())
        print(f"with further editions / without {many / few:.2f} (goal {GOAL})")


def add_editions(home: Home) -> None:
    """Further editions of the portal's newest table of one indicator, regional product."""
    newest = max(home.landing.glob("nbs_portal/*/分省年度数据.csv"))
    text, said = newest.read_bytes(), (newest.parent / "_edition.yml").read_text(encoding="utf-8")
    numbers = list(re.finditer(rb"\d+\.\d+", text))
    for step in range(EDITIONS):
        published_on = date(2024, 1, 1) + timedelta(days=step)
        folder = home.landing / "nbs_portal" / published_on.isoformat()
        folder.mkdir()
        end = numbers[step].end()
        digit = b"1" if text[end - 1 : end] != b"1" else b"2"
        (folder / newest.name).write_bytes(text[: end - 1] + digit + text[end:])
        declared = re.sub(r"published_on: \S+", f"published_on: {published_on}", said)
        (folder / "_edition.yml").write_text(declared, encoding="utf-8")


def built(home: Home) -> float:
    """Seconds of processor time that dbt takes for the models."""
    build.begin(home)
    dbt_runner.run(home, ["seed"])
    started = time.process_time()
    dbt_runner.run(home, ["run"])
    return time.process_time() - started


if __name__ == "__main__":
    main()
