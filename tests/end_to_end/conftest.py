"""Homes that the command line has built, once a session: nothing here knows how a refresh works inside."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests import pages

ROOT = Path(__file__).resolve().parents[2]
# A command that hangs must not hang the suite, a busy machine must not fail it
TIME_OUT = 3600
LANDING = ROOT.parent / "shared" / "landing"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Nothing that Chromium would look for elsewhere
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Warehouse:
    """A home with a release, and what the refresh that made it printed."""

    home: Path
    output: str

    @property
    def release(self) -> Path:
        return (self.home / "releases" / "current").resolve()

    @property
    def findings(self) -> str:
        """What the last refresh wrote down."""
        return (self.home / "refresh.md").read_text(encoding="utf-8")

    def rows(self, query: str, *parameters) -> list[tuple]:
        with duckdb.connect(str(self.release / "yearbook.duckdb"), read_only=True) as database:
            return database.execute(query, list(parameters)).fetchall()

    def value(self, query: str, *parameters):
        [[value]] = self.rows(query, *parameters)
        return value


@pytest.fixture(scope="session")
def yearbook() -> Callable[..., subprocess.CompletedProcess]:
    """The command as a user runs it, in any folder and with any home of their own."""

    def run(
        *arguments: str, folder: Path = ROOT, home: Path | None = None
    ) -> subprocess.CompletedProcess:
        command = [str(Path(sys.executable).with_name("yearbook")), *arguments]
        own = {"YEARBOOK_HOME": str(home)} if home else {}
        return subprocess.run(
            command,
            cwd=folder,
            env=os.environ | own,
            capture_output=True,
            text=True,
            timeout=TIME_OUT,
        )

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A real browser, where there is one."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def walk(tmp_path_factory) -> Callable[..., str]:
    """Do what a page of `docs/` says, in a folder, as a user without settings who has `yearbook` on
    the path (`tests/pages.py`). Returns what was printed.
    """
    own = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path_factory.mktemp("settings")),
    }

    def run(page: str, folder: Path, home: Path | None = None, **options) -> str:
        environment = os.environ | own | ({"YEARBOOK_HOME": str(home)} if home else {})

        def shell(line: str) -> subprocess.CompletedProcess:
            return subprocess.run(
                ["bash", "-c", line],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=TIME_OUT,
            )

        return pages.walk(ROOT / "docs" / page, shell, folder, **options)

    return run


@pytest.fixture(scope="session")
def refreshed(yearbook) -> Callable[..., Warehouse]:
    """A home after `yearbook demo` or `yearbook refresh`, which has to succeed."""

    def run(home: Path, *arguments: str) -> Warehouse:
        done = yearbook(*arguments, "--home", str(home))
        assert done.returncode == 0, done.stdout + done.stderr
        return Warehouse(home, done.stdout + done.stderr)

    return run


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory, refreshed) -> Warehouse:
    return refreshed(tmp_path_factory.mktemp("demonstration"), "demo")


@pytest.fixture(scope="session")
def landing() -> Path:
    if not LANDING.is_dir():
        pytest.skip("the published files are not beside the project (../shared/landing)")
    return LANDING


@pytest.fixture(scope="session")
def published(tmp_path_factory, refreshed, landing) -> Warehouse:
    return refreshed(tmp_path_factory.mktemp("published"), "refresh", "--landing", str(landing))
