"""What Dagster's history costs a refresh, in SQLite and in PostgreSQL.

Run with `python bench/storage.py [REFRESHES]`, by default three. Each refresh has one new value in
one small file; what is compared is processor time (of the server, too), the median of the
refreshes, and the bytes by which the history grows with each. Prints; asserts nothing.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from measuring import YEARBOOK, cost

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.postgresql import serving, tools

_DECLARED = "published_on: 2018-06-30\nfiles: {gdp.csv: {indicator: 地区生产总值, unit: 亿元}}\n"
_PRINTED = "地区,2017年,2016年\n北京市,{},1002\n天津市,1003,1004\n"
_TICKS = os.sysconf("SC_CLK_TCK")


def main(refreshes: int) -> None:
    """Print seconds and bytes of both, and their ratio."""
    programs = tools()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed (Debian: postgresql)")
    with tempfile.TemporaryDirectory() as folder, serving(programs) as (url, data):
        in_files = History("SQLite", Path(folder, "files"), "", Path(folder, "files", "dagster"))
        on_server = History("PostgreSQL", Path(folder, "server"), url, data)
        for number in range(1 + refreshes):  # one after the other, so that both have the same load
            in_files.refresh(number)
            on_server.refresh(number)
        print(f"{on_server.shown() / in_files.shown():7.2f}  PostgreSQL over SQLite")


@dataclass
class History:
    """A home, where its history is, and what its refreshes cost: the first makes everything."""

    name: str
    home: Path
    url: str
    folder: Path
    seconds: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    def refresh(self, number: int) -> None:
        """Refresh with one new value."""
        os.environ["YEARBOOK_STORAGE"] = self.url
        before = _server_seconds(self.folder)
        spent = _refresh(self.home, number)
        self.seconds.append(spent + _server_seconds(self.folder) - before)
        self.bytes.append(_bytes(self.folder))

    def shown(self) -> float:
        """The median of the seconds of the refreshes after the first, printed."""
        seconds = statistics.median(self.seconds[1:])
        grown = (self.bytes[-1] - self.bytes[0]) / (len(self.bytes) - 1)
        print(f"{seconds:7.2f} s, {grown / 1024:8.0f} KiB of history a refresh  {self.name}")
        return seconds


def _refresh(home: Path, number: int) -> float:
    edition = home / "landing" / "nbs_portal" / "2018-06"
    edition.mkdir(parents=True, exist_ok=True)
    (edition / "_edition.yml").write_text(_DECLARED, encoding="utf-8")
    (edition / "gdp.csv").write_text(_PRINTED.format(1000 + number), encoding="utf-8")
    return cost(YEARBOOK, "refresh", "--home", str(home)).seconds


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _server_seconds(data: Path) -> float:
    """Processor time of the server of these data and of its processes so far, ended ones too."""
    pid = data / "postmaster.pid"
    if not pid.exists():
        return 0.0
    server = pid.read_text().split()[0]
    ours = [server, *Path(f"/proc/{server}/task/{server}/children").read_text().split()]
    of_server, *of_others = (_ticks(process) for process in ours)
    return (sum(of_server) + sum(sum(each[:2]) for each in of_others)) / _TICKS


def _ticks(process: str) -> list[int]:
    """Ticks of a process, user and system, and those of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3)
