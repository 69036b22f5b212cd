"""What further editions of one file cost a refresh, as a ratio to a refresh without them.

Run with `python bench/editions.py [landing]`; without a folder, of the demonstration. The portal's
newest file of gross domestic product is landed 48 times more, an edition a month and one changed
cell an edition.
"""

import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from measuring import YEARBOOK, Cost, cost, show

from warehouse import demonstration

INDICATOR = "地区生产总值(亿元)"
EDITIONS = 48
GOAL = 1.1


def main(given: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        landing, longer = given or place / "demonstration", place / "landing"
        if given is None:
            demonstration.write(landing)
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
    newest = max(
        file
        for file in (landing / "nbs_portal").glob("*/*.csv")
        if any(INDICATOR.encode(code) in file.read_bytes() for code in ("gb18030", "utf-8"))
    )
    text, said = newest.read_bytes(), (newest.parent / "_edition.yml").read_text(encoding="utf-8")
    cells = list(re.finditer(rb"(?<=,)\d+\.\d+", text))
    year = int(newest.parent.name[:4]) + 1
    for number in range(EDITIONS):
        cell = cells[number * len(cells) // EDITIONS]
        published_on = date(year + number // 12, number % 12 + 1, 20)
        edition = landing / "nbs_portal" / str(published_on)
        edition.mkdir()
        changed = f"{float(cell[0]) * 1.001:.2f}".encode()
        (edition / newest.name).write_bytes(text[: cell.start()] + changed + text[cell.end() :])
        declared = re.sub(r"published_on: \S+", f"published_on: {published_on}", said)
        (edition / "_edition.yml").write_text(declared, encoding="utf-8")


def _refreshed(landing: Path, home: Path) -> Cost:
    return cost(YEARBOOK, "refresh", "--landing", str(landing), "--home", str(home))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
