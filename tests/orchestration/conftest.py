"""A small clone of the project: the real code over a small dbt project, and a home with a file."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from warehouse.contract.home import Home
from warehouse.store import releases

HERE = Path(__file__).parent
# A command that hangs must not hang the suite, a busy machine must not fail it
TIME_OUT = 1800
ROOT = HERE.parents[1]

# The command; with a second and third text, a function that kills the process or raises when it
# is entered
COMMAND = """
import importlib, os, signal, sys
for end in (lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL), lambda *_, **__: 1 / 0):
    if place := sys.argv.pop(1):
        module, _, function = place.rpartition(".")
        setattr(importlib.import_module(module), function, end)
from orchestration.cli import app
app()
"""


@dataclass(frozen=True)
class Done:
    """How a command ended (below 0: by which signal) and what it printed."""

    status: int
    bytes: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.bytes.decode()


@dataclass(frozen=True)
class Clone:
    """A project of its own with its own home, and its `yearbook` command."""

    root: Path
    home_root: Path | None = None

    @property
    def home(self) -> Home:
        return Home(self.home_root or self.root / "data")

    def yearbook(self, *arguments: str, die_in: str = "", fail_in: str = "") -> Done:
        """Run a command; it is killed or fails at the moment it enters one of these functions."""
        return self.python(COMMAND, die_in, fail_in, *arguments)

    def python(self, code: str, *arguments: str) -> Done:
        """Run code in the clone."""
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            timeout=TIME_OUT,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode())

    @property
    def environment(self) -> dict[str, str]:
        # Compiling every package anew with each command would take longer than the command
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        own = {
            "PYTHONPATH": str(self.root),
            "YEARBOOK_HOME": str(self.home.root),
        }
        return inherited | own

    def land(self, value: float) -> None:
        """Put the one file, with this value for Beijing in 2017."""
        edition = self.home.landing / "nbs_portal" / "2018-06"
        edition.mkdir(parents=True, exist_ok=True)
        (edition / "_edition.yml").write_text(
            "published_on: 2018-06-30\nfiles:\n  gdp.csv: {indicator: 地区生产总值, unit: 亿元}\n",
            encoding="utf-8",
        )
        (edition / "gdp.csv").write_text(
            f"地区,2017年,2016年\n北京市,{value},2\n天津市,3,4\n", encoding="utf-8"
        )

    def value(self) -> float:
        """The value for Beijing in 2017 in the current release."""
        query = "select expy from marts.panel__province_year where (province_code, year) = (110000, 2017)"
        with releases.connect_current(self.home) as release:
            [[value]] = release.execute(query).fetchall()
        return value


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Clone:
    root = tmp_path_factory.mktemp("clone")
    for folder in ("analytics", "orchestration", "warehouse"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HERE / "dbt_project", root / "dbt_project")
    for seed in (ROOT / "dbt_project" / "seeds").glob("*.csv"):
        if seed.name != "provinces.csv":
            shutil.copy(seed, root / "dbt_project" / "seeds")
    # The chapters of the report ask for tables that are not of this project
    shutil.rmtree(root / "warehouse" / "report" / "chapters")
    # Nor has it the panels of economies
    (root / "analytics" / "studies" / "digital_trade_value_chain.yml").unlink()
    shared = "models/results/_results.yml"
    # The tables that its columns refer to are not of this project
    declared = (ROOT / "dbt_project" / shared).read_text(encoding="utf-8")
    here = root / "dbt_project" / shared
    here.write_text(re.sub(r"references: [\w.]+", "", declared), encoding="utf-8")
    return Clone(root)


@pytest.fixture(scope="session")
def released(clone) -> Done:
    """The first refresh of the clone, with the value 1."""
    clone.land(1)
    done = clone.yearbook("refresh")
    assert done.status == 0, done.stderr
    return done


@pytest.fixture
def apart(clone, released, tmp_path) -> Clone:
    """The same code on a copy of the home, which a test may leave as it likes."""
    shutil.copytree(clone.home.root, tmp_path / "apart", symlinks=True)
    return replace(clone, home_root=tmp_path / "apart")
