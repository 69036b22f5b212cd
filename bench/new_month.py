"""What a refresh costs where rows of customs statistics are most of it, as ratios.

Run with `python bench/new_month.py [ROWS A MONTH...]`, by default 10,000. Whole
refreshes of a home of 120 months: the first, one with a new month, one with nothing new. The rows
are those of `scale.py`; the seconds are processor time (user and system) of the command.
"""

import sys
import tempfile
from pathlib import Path

from measuring import YEARBOOK, Cost, cost, show
from scale import GENERATE, MONTHS


def main(sizes: list[int]) -> None:
    """Print seconds, memory and disk of each size, and the ratios to its first refresh."""
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), rows)


def _measure(home: Path, rows: int) -> None:
    land(home, rows, 0, MONTHS)
    first = _refreshed(home)
    land(home, rows, MONTHS, MONTHS + 1)
    new, idle = _refreshed(home), _refreshed(home)
    print(f"\n{rows:,} rows a month\n\n| | processor, s | MiB |\n|---|---|---|")
    for name, each in [("first", first), ("a new month", new), ("nothing new", idle)]:
        print(f"| {name} | {each.seconds:.1f} | {each.mebibytes:.0f} |")
    release = (home / "releases" / "current").resolve()
    print(
        f"{(release / 'yearbook.duckdb').stat().st_size / 1e6:7.1f}  MB of the release's database"
    )
    print(f"{_own(release) / 1e6:7.1f}  MB that the release alone has")
    show("a new month over the first refresh", new.seconds / first.seconds, 0.03)


def land(home: Path, rows: int, first: int, last: int) -> None:
    rows += 1  # a query of the site ends at 10,000 rows: a file of just so many is held
    cost(sys.executable, "-c", GENERATE, str(home / "landing"), *map(str, (rows, first, last)))


def _refreshed(home: Path) -> Cost:
    return cost(YEARBOOK, "refresh", "--home", str(home))


def _own(folder: Path) -> int:
    """Bytes of the files that have no other name."""
    found = (path.stat() for path in folder.rglob("*") if path.is_file())
    return sum(each.st_size for each in found if each.st_nlink == 1)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [10_000])
