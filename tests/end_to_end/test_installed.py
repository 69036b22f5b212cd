"""The wheel of the project in an environment of its own, where the checkout cannot be imported."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.store import releases

ROOT = Path(__file__).resolve().parents[2]
NOT_OF_THE_PROJECT = (".*", "build", "data", "*.egg-info", "target", "logs", "__pycache__")
Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> tuple[Path, Run]:
    """Where the packages of the wheel lie, and what runs a script of its environment elsewhere."""
    place = tmp_path_factory.mktemp("installed")
    shutil.copytree(ROOT, place / "source", ignore=shutil.ignore_patterns(*NOT_OF_THE_PROJECT))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    built = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(place)]
    subprocess.run([*built, str(place / "source")], check=True)
    venv.create(place / "venv", symlinks=True)
    python = place / "venv" / "bin" / "python"
    [wheel] = place.glob("*.whl")
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(wheel)], check=True)
    [packages] = (place / "venv" / "lib").glob("python*/site-packages")
    # The packages that it needs; what makes the checkout importable there is not heeded
    (packages / "needed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    (elsewhere := place / "elsewhere").mkdir()

    def run(script: str, *arguments: str) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [str(python.with_name(script)), *arguments],
            cwd=elsewhere,
            env=os.environ | {"XDG_CACHE_HOME": str(place / "cache")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done

    return packages, run


def test_all_that_decides_a_number_travels(installed):
    packages, _ = installed
    for folder in releases.CODE_FOLDERS:
        code = {path.relative_to(ROOT): path.read_bytes() for path in releases.code(ROOT / folder)}
        there = {
            path.relative_to(packages): path.read_bytes()
            for path in releases.code(packages / folder)
        }
        assert there == code and code


def test_dbt_reads_the_project_and_writes_nothing_beside_it(installed):
    packages, run = installed
    before = {path for path in packages.rglob("*") if path.suffix != ".pyc"}
    keep = "from orchestration import dbt_manifest as m, dbt_command as c; m.keep(); print(c.DBT_PROJECT, m._kept())"
    project, kept = run("python", "-c", keep).stdout.split()
    assert Path(project) == packages / "dbt_project"
    assert Path(kept).is_relative_to(packages.parents[3] / "cache")
    after = {path for path in packages.rglob("*") if path.suffix != ".pyc"}
    assert {path.name for path in after - before} <= {"__pycache__"}


def test_the_command_answers_elsewhere(installed, demonstration):
    _, run = installed
    home = ["--home", str(demonstration.home)]
    assert "Guangdong" in run("yearbook", "trace", "dige", "Guangdong", "2019", *home).stdout
    assert "技术市场" in run("yearbook", "find", "技术市场", *home).stdout
    assert (
        run("yearbook", "sql", "select 41 + 1 as n", "--format", "csv", *home).stdout == "n\n42\n"
    )


def test_the_demonstration_is_written_by_the_wheel_alone(installed, tmp_path):
    _, run = installed
    write = (
        "from pathlib import Path; from warehouse.contract.home import Home; from orchestration "
        f"import intake; intake.write_demonstration(Home(Path({str(tmp_path)!r})))"
    )
    run("python", "-c", write)
    assert len(list(tmp_path.rglob("_edition.yml"))) > 10
