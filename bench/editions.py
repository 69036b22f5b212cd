"""What further editions of one file cost a refresh, as a ratio to a refresh without them.

Run with `python bench/editions.py [landing]`; without a folder, the published files beside the
project. The portal's file of gross domestic product is landed 48 times more, an edition a month
and one changed cell an edition.
"""

import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from measuring import YEARBOOK, Cost, cost, show

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "landing"
INDICATOR = "地区生产总值(亿元)"
EDITIONS = 48
GOAL = 1.1


def main(landing: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        longer = place / "landing"
        shutil.copytree(landing, longer)
        add_editions(longer)
        without = _refreshed(landing, place / "without")
        with_them = _refreshed(longer, place / "with")
    for name, spent in (("without", without), ("with", with_them)):
        print(f"{spent.seconds:7.2f} s {spent.mebibytes:6.0f} MiB  {name} {EDITIONS} editions")
    show("processor time with over without", with_them.seconds / without.seconds, GOAL)
    show("peak memory with over without", with_them.mebibytes / without.mebibytes, GOAL)


def add_editions(landing: Path) -> None:
    """Land the newest file of the indicator again and again, each time with one changed cell."""
    newest = next(
        file
        for file in sorted((landing / "nbs_portal").glob("*/*.csv"), reverse=True)
        if INDICATOR in file.read_text(encoding="gb18030", errors="replace")
    )
    text = newest.read_text(encoding="gb18030")
    cells = list(re.finditer(r"(?<=,)\d+\.\d+", text))
    year = int(newest.parent.name[:4]) + 1
    for number in range(EDITIONS):
        cell = cells[number * len(cells) // EDITIONS]
        published_on = date(year + number // 12, number % 12 + 1, 20)
        edition = landing / "nbs_portal" / str(published_on)
        edition.mkdir()
        changed = f"{text[: cell.start()]}{float(cell[0]) * 1.001:.2f}{text[cell.end() :]}"
        (edition / newest.name).write_text(changed, encoding="gb18030")
        (edition / "_edition.yml").write_text(f"published_on: {published_on}\n")


def _refreshed(landing: Path, home: Path) -> Cost:
    return cost(YEARBOOK, "refresh", "--landing", str(landing), "--home", str(home))


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLISHED
    if given.is_dir():
        main(given)
    else:
        print(f"no landing folder in {given}: name one to measure its further editions")
