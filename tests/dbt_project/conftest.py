"""dbt as a refresh calls it, on a home that a test has filled."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
from warehouse.store import build

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


@pytest.fixture(scope="session")
def build_models() -> Callable[..., subprocess.CompletedProcess]:
    """`build_models(home, "model", ...)`: dbt builds and tests the models and all they need."""

    def run(home: Home, *models: str, project: Path = PROJECT) -> subprocess.CompletedProcess:
        command = [str(Path(sys.executable).with_name("dbt")), "build"]
        command += ["--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
        command += ["--project-dir", str(project), "--profiles-dir", str(project)]
        command += ["--target-path", str(home.build / "target"), "--log-path", str(home.build)]
        command += ["--select", "resource_type:seed", "dim_area", *(f"+{name}" for name in models)]
        environment = {"YEARBOOK_BUILD": str(build.path(home)), "DO_NOT_TRACK": "1"}
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)

    return run


@pytest.fixture
def with_lines(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """A copy of the dbt project with lines added to its seeds, given by the seeds' names."""

    def add(lines: Mapping[str, str]) -> Path:
        project = tmp_path / "dbt_project"
        shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
        for seed, text in lines.items():
            with (project / "seeds" / f"{seed}.csv").open("a", encoding="utf-8") as stream:
                stream.write(text)
        return project

    return add


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
