"""Which tests share a process when they run on several cores, and which are slow."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# Their fixtures build whole warehouses, once a process
TOGETHER = ("end_to_end", "orchestration", "dbt_project")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(TESTS)
        group = place.parts[0] if place.parts[0] in TOGETHER else place.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
        if group in TOGETHER:
            item.add_marker(pytest.mark.slow)
