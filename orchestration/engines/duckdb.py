"""DuckDB, which works on the build file itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from orchestration import dbt_runner
from warehouse.contract.home import Home
from warehouse.store import build

if TYPE_CHECKING:
    import pandas as pd
    from dbt.contracts.results import RunExecutionResult


@dataclass(frozen=True)
class DuckDB:
    """The engine of a home, in this process."""

    home: Home

    def build(self, arguments: Sequence[str]) -> "RunExecutionResult":
        """Run one `dbt build` on the build file. Raises `DbtError`."""
        return cast("RunExecutionResult", dbt_runner.run(self.home, arguments).result)

    def rows(self, sql: str) -> "pd.DataFrame":
        """What a query selects from the build file."""
        return build.rows(self.home, sql)
