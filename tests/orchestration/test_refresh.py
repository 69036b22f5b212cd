"""A refresh: what it makes, what it says, and that it can be killed at any moment."""

import json

import pytest

from warehouse import releases


@pytest.fixture(scope="module")
def first(clone):
    """The clone after its first refresh."""
    clone.land(1)
    answer = clone.yearbook("refresh")
    assert answer.status == 0, answer.output
    return answer


def values(clone) -> list[float]:
    with releases.connect_current(clone.home) as release:
        rows = release.execute("select expy from marts.panel__province_year order by 1").fetchall()
    return [value for (value,) in rows]


def test_first(clone, first):
    print(first.output)
    assert values(clone) == [1, 2, 3, 4]
