"""Where Spark is not installed the tests of it are skipped, and say what is missing."""

import pytest

from orchestration.engines import EngineMissing, spark


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    try:
        spark.check()
    except EngineMissing as missing:
        for item in items:
            if item.get_closest_marker("spark"):
                item.add_marker(pytest.mark.skip(reason=str(missing)))
