"""A small clone of the project: the real code over a small dbt project, and a home with a file."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from warehouse.home import Home

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Answer:
    """How a command ended (minus the signal's number when it was killed) and what it printed."""

    status: int
    output: str


@dataclass(frozen=True)
class Clone:
    """A project of its own with its own home, and its `yearbook` command."""

    root: Path
    home: Home
    process: subprocess.Popen

    def yearbook(self, *arguments: str, die_in: str | None = None) -> Answer:
        command = {"arguments": arguments, "die_in": die_in}
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return Answer(**json.loads(self.process.stdout.readline()))

    def land(self, value: float) -> None:
        """Put the one file, with this value for Beijing in 2017."""
        write_landing(self.home, value)


def write_landing(home: Home, value: float) -> None:
    edition = home.landing / "nbs_portal" / "2018-06"
    edition.mkdir(parents=True, exist_ok=True)
    (edition / "_edition.yml").write_text(
        "published_on: 2018-06-30\nfiles:\n  gdp.csv: {indicator: 地区生产总值, unit: 亿元}\n",
        encoding="utf-8",
    )
    (edition / "gdp.csv").write_text(
        f"地区,2017年,2016年\n北京市,{value},2\n天津市,3,4\n", encoding="utf-8"
    )


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Iterator[Clone]:
    root = tmp_path_factory.mktemp("clone")
    for folder in ("analytics", "orchestration", "warehouse"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HERE / "dbt_project", root / "dbt_project")
    home = Home(root / "data")
    with subprocess.Popen(
        [sys.executable, HERE / "warm_yearbook.py"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "YEARBOOK_HOME": str(home.root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Clone(root, home, process)
        process.stdin.close()
