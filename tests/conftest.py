"""Which tests share a process when they run on several cores, and which are slow."""

from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
# Their fixtures build whole warehouses, once a process
TOGETHER = ("end_to_end", "orchestration", "dbt_project")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without slow tests these folders have none, and to read them takes as long as all others."""
    if config.option.markexpr == "not slow" and collection_path in {TESTS / n for n in TOGETHER}:
        return True
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(TESTS).parts[0] in TOGETHER:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Tests of a file stay together, and those of the folders above."""
    from xdist.scheduler import LoadScopeScheduling

    class ByWarehouse(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0].removeprefix("tests/")
            folder = file.partition("/")[0]
            return folder if folder in TOGETHER else file

    return ByWarehouse(config, log)
