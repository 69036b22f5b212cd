"""The unit tests of the SQL, run by dbt itself on an empty warehouse."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store import build

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("empty"))
    raw.read(home)
    build.begin(home)
    return home


def test_golden_numbers_and_tests_on_an_empty_warehouse(empty_home):
    """Models run, contracts hold and every unit test passes; no file at all is no error either."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "build",
            *(
                "--project-dir",
                str(ROOT / "dbt_project"),
                "--profiles-dir",
                str(ROOT / "dbt_project"),
            ),
            *(
                "--target-path",
                str(empty_home.build / "target"),
                "--log-path",
                str(empty_home.build),
            ),
        ],
        env=os.environ | {"YEARBOOK_BUILD": str(build.path(empty_home)), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert " ERROR=0 " in done.stdout
