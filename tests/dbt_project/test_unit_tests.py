"""The unit tests of the SQL, run by dbt itself on an empty warehouse."""

import pytest

from warehouse.contract.home import Home
from warehouse.intake import raw
from warehouse.store import build


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("empty"))
    raw.read(home)
    build.begin(home)
    return home


def test_golden_numbers_and_tests_on_an_empty_warehouse(empty_home, dbt_build):
    """Models run, contracts hold and every unit test passes; no file at all is no error either."""
    dbt_build(empty_home)
