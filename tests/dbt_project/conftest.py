"""dbt as a refresh calls it, on a home that a test has filled."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from warehouse import build, landing, raw, snapshots
from warehouse.home import Home

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


@pytest.fixture(scope="session")
def dbt() -> Callable[..., subprocess.CompletedProcess]:
    """dbt over the build file of a home: `dbt(home, "build", "--select", ...)`."""

    def run(home: Home, *arguments: str) -> subprocess.CompletedProcess:
        command = [str(Path(sys.executable).with_name("dbt")), *arguments]
        places = {
            "--project-dir": PROJECT,
            "--profiles-dir": PROJECT,
            "--target-path": home.build / "target",
            "--log-path": home.build,
        }
        for option, place in places.items():
            command += [option, str(place)]
        environment = {"YEARBOOK_BUILD": str(build.path(home)), "DO_NOT_TRACK": "1"}
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)

    return run


@pytest.fixture
def filled(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Home]:
    """A home whose cells are those of the files, given by their names below landing."""

    def fill(files: Mapping[str, str | bytes]) -> Home:
        for name, content in files.items():
            file = tmp_path / "landing" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        home = Home(tmp_path / "home")
        snapshots.take(home, landing.scan(tmp_path / "landing"))
        raw.read(home)
        build.begin(home)
        return home

    return fill
