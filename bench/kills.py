"""Kills refreshes before a write and at random times; each time the next refresh has to succeed.

    python bench/kills.py --kills 200    # of a home with one small file: an hour or more

A killed refresh may be followed by another one that is killed. What survived: the release that was
current is whole, the first refresh that is left alone succeeds in time and makes the release of
what was landed, and nothing unfinished stays among the releases. Writes are counted by a library
that is preloaded (`kills.c`; it needs a C compiler), whoever does them: Python, SQLite, DuckDB.
"""

import argparse
import ctypes
import importlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_LONGEST_ROW = 3
_PATIENCE = 3600.0
_IMPORTED = (
    *("dbt.cli.main", "dbt.adapters.duckdb", "linearmodels"),
    *("orchestration.definitions", "orchestration.report"),
)
_DECLARED = "published_on: 2018-06-30\nfiles: {gdp.csv: {indicator: 地区生产总值, unit: 亿元}}\n"
_PRINTED = "地区,2017年,2016年\n北京市,{},1002\n天津市,1003,1004\n"


def preloaded() -> ctypes.CDLL:
    """The library in this process, which begins anew with it."""
    if library := os.environ.get("YEARBOOK_KILLS"):
        return ctypes.CDLL(library)
    library = str(Path(tempfile.mkdtemp(), "kills.so"))
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "kills.c"], check=True)
    os.environ.update(YEARBOOK_KILLS=library, LD_PRELOAD=library)
    os.execv(sys.executable, [sys.executable, *sys.argv])


@dataclass(frozen=True)
class Ended:
    """How a refresh ended: its status (below 0: by which signal), what it said, its seconds."""

    status: int
    said: list[str]
    seconds: float

    @property
    def phase(self) -> str:
        """The stage that it was in."""
        from orchestration.progress import STAGES

        words = [line.removeprefix("SYNTHETIC · ").split() for line in self.said]
        over = [STAGES.index(word[0]) for word in words if word and word[0] in STAGES]
        return [*STAGES, "the end"][1 + max(over, default=-1)]


class Refreshes:
    """Refreshes of a home, each in a fork of this process, which has imported all they need."""

    def __init__(self, root: Path, library: ctypes.CDLL) -> None:
        os.environ["YEARBOOK_HOME"] = str(root)
        from orchestration import dbt_manifest, instance
        from warehouse.contract.home import Home

        self.home = Home(root)
        self._library = library
        instance.prepare(self.home)
        dbt_manifest.keep()
        for name in _IMPORTED:
            importlib.import_module(name)

    def land(self, number: int) -> None:
        """Land the one file, with something new in it."""
        edition = self.home.landing / "nbs_portal" / "2018-06"
        edition.mkdir(parents=True, exist_ok=True)
        (edition / "_edition.yml").write_text(_DECLARED, encoding="utf-8")
        (edition / "gdp.csv").write_text(_PRINTED.format(1000 + number), encoding="utf-8")

    def run(self, at_write: int = -1, after: float = _PATIENCE) -> Ended:
        """One refresh, killed before a write or after so many seconds, if it is at work then."""
        with tempfile.TemporaryFile("w+") as said:
            started = time.monotonic()
            child = os.fork()
            if not child:
                self._refresh(at_write, said.fileno())
            status = _awaited(child, started + after)
            said.seek(0)
            return Ended(status, said.read().splitlines(), time.monotonic() - started)

    def _refresh(self, at_write: int, said: int) -> None:
        os.dup2(said, 2)
        os.dup2(said, 1)
        from orchestration import refresh
        from warehouse.contract.errors import WarehouseError

        self._library.count_writes(ctypes.c_long(at_write))
        try:
            refresh.refresh(self.home, self.home.landing, is_verbose=True)
            status = 0
        except WarehouseError as error:
            print(error, flush=True)
            status = 1
        print("writes", self._library.writes_done(), flush=True)
        os._exit(status)

    def is_as_landed(self) -> bool:
        """Whether the current release is whole, made of what was landed, and nothing is left."""
        from warehouse.store import releases

        made = releases.current(self.home)
        is_new = made is not None and made["fingerprint"] == releases.fingerprint(self.home)
        return is_new and not list(self.home.releases.glob(".*"))


def _awaited(child: int, until: float) -> int:
    """The status of a child process, which is killed at a time if it is at work still."""
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@dataclass
class Campaign:
    """Rows of kills, each followed by a refresh that is left alone."""

    refreshes: Refreshes
    rng: random.Random
    writes: int
    seconds: float
    tried: Counter
    survived: Counter
    landed: int = 0

    def row(self, length: int) -> None:
        """Kill so many refreshes one after the other, then see whether the next one is fine."""
        from warehouse.store import releases

        self.landed += 1
        self.refreshes.land(self.landed)
        killed, whole = [], []
        for _ in range(length):
            killed.append(self._kill())
            whole.append(releases.current(self.refreshes.home) is not None)
        last = self.refreshes.run()
        is_fine = all(whole) and last.status == 0 and self.refreshes.is_as_landed()
        if not is_fine:
            print(f"{killed}, {whole=}, {last.status=}", *last.said, sep="\n    ")
        verdict = "fine" if is_fine else "NOT FINE"
        print(f"{verdict} in {last.seconds:.0f} s after {killed}", flush=True)
        self.tried.update(killed)
        self.survived.update(killed if is_fine else [])

    def _kill(self) -> str:
        """How and in which phase a refresh was killed."""
        if self.rng.random() < 0.5:
            ended = self.refreshes.run(at_write=self.rng.randint(1, self.writes))
            how = "before a write"
        else:
            ended = self.refreshes.run(after=self.rng.uniform(0, self.seconds))
            how = "at a random time"
        return f"{how}, {ended.phase if ended.status < 0 else 'not killed, it had ended'}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no row of kills later")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="whose files are of no use any more")
    asked = parser.parse_args()
    library = preloaded()
    with tempfile.TemporaryDirectory() as folder:
        campaign = _begun(Refreshes(asked.home or Path(folder), library), random.Random(asked.seed))
        until = time.monotonic() + 60 * asked.minutes
        while (left := asked.kills - campaign.tried.total()) > 0 and time.monotonic() < until:
            campaign.row(min(left, campaign.rng.randint(1, _LONGEST_ROW)))
        _show(campaign)


def _begun(refreshes: Refreshes, rng: random.Random) -> Campaign:
    """A campaign on a home with a release, of a refresh that was measured undisturbed."""
    is_new = not (refreshes.home.releases / "current").is_symlink()
    for number in (-1, 0) if is_new else (0,):  # the one that is measured finds a history and cells
        refreshes.land(number)
        whole = refreshes.run()
        if whole.status:
            raise SystemExit("\n".join(whole.said))
    writes = int(whole.said[-1].split()[-1])
    print(f"an undisturbed refresh: {writes} writes in {whole.seconds:.1f} s", flush=True)
    return Campaign(refreshes, rng, writes, whole.seconds, Counter(), Counter())


def _show(campaign: Campaign) -> None:
    for kind, tried in sorted(campaign.tried.items()):
        print(f"{campaign.survived[kind]:4} of {tried:4} survived  {kind}")
    print(f"{campaign.survived.total():4} of {campaign.tried.total():4} survived  in all")
    if campaign.survived != campaign.tried:
        sys.exit(1)


if __name__ == "__main__":
    main()
