"""dbt as a refresh calls it, on a home that a test has filled."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from orchestration import dbt_command, dbt_manifest
from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
from warehouse.store import build

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


@pytest.fixture(scope="session")
def dbt_build() -> Callable[..., dict[str, str]]:
    """`dbt_build(home, argument, ...)`: nothing fails; returns the tests that warn, with their SQL.

    With the manifest that is kept: to read the project anew takes longer than all else. A copy of
    the project has to be read.
    """

    def run(home: Home, *arguments: str, project: Path = PROJECT) -> dict[str, str]:
        manifest = None
        if project == PROJECT:
            dbt_manifest.keep()
            manifest = dbt_manifest.parsed()
        with patch.object(dbt_command, "DBT_PROJECT", project):
            done = dbt_command.invoke(
                ["build", *arguments, "--no-write-json"],
                build.path(home),
                home.build / "dbt",
                manifest,
            ).result
        wrong = [
            f"{result.node.unique_id}: {result.message}"
            for result in done.results
            if result.status not in ("success", "pass", "warn")
        ]
        assert not wrong
        return {
            result.node.unique_id: result.node.compiled_code
            for result in done.results
            if result.status == "warn"
        }

    return run


@pytest.fixture(scope="session")
def build_models(dbt_build) -> Callable[..., dict[str, str]]:
    """`build_models(home, "model", ...)`: dbt builds and tests the models and all they need."""

    def run(home: Home, *models: str, project: Path = PROJECT) -> dict[str, str]:
        tested = ("--exclude-resource-type", "unit_test", "--indirect-selection", "cautious")
        select = ("--select", "resource_type:seed", "dim_area", *(f"+{name}" for name in models))
        return dbt_build(home, *tested, *select, project=project)

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
