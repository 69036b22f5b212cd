"""dbt in this process: its environment and its errors."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.dbt_events import untold
from warehouse.contract.errors import WarehouseError
from warehouse.store.releases import PROJECT

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

DBT_PROJECT = PROJECT / "dbt_project"
MEMORY = "YEARBOOK_MEMORY"
_ENOUGH = "6GB"


class DbtError(WarehouseError):
    """dbt could not start or finish; the message is dbt's own, on one line."""


def invoke(
    arguments: Sequence[str],
    build_file: Path,
    artefacts: Path,
    manifest: "Manifest | None" = None,
    by_snapshot: Path | None = None,
    target: str = "duckdb",
) -> "dbtRunnerResult":
    """Run one dbt command on a build file; whatever dbt writes beside it lies in `artefacts`.

    With a manifest (of the target), dbt does not read its project. What depends on one snapshot
    alone is kept in the folder `by_snapshot`, if there is one. `target` is an output of
    `profiles.yml`. Raises `DbtError` when dbt itself fails, not when a node of it does.
    """
    os.environ.update(
        YEARBOOK_BUILD=str(build_file),
        YEARBOOK_BY_SNAPSHOT=by_snapshot.as_posix() if by_snapshot else "",
        DO_NOT_TRACK="1",
        **{MEMORY: _memory()},
    )
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    try:
        with untold():
            result = dbtRunner(manifest=manifest).invoke(
                [
                    *("--log-level", "none", "--log-level-file", "none", "--no-use-colors"),
                    *arguments,
                    *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
                    *("--target-path", str(artefacts / "target"), "--log-path", str(artefacts)),
                    *("--target", target),
                ]
            )
    finally:
        # dbt keeps the build file locked after it returns
        DuckDBConnectionManager.close_all_connections()
    if result.exception:
        raise DbtError(one_line(str(result.exception)) or type(result.exception).__name__)
    return result


def _memory() -> str:
    """How much DuckDB takes before it writes to disk: what is asked for, else 6 GB.

    Of a machine that has less it takes what it would take by itself. Raises `WarehouseError` for
    what is no amount.
    """
    asked = os.environ.get(MEMORY) or _ENOUGH
    query = (
        "select parse_formatted_bytes($1), parse_formatted_bytes(current_setting('memory_limit'))"
    )
    try:
        with duckdb.connect() as database:
            [(wanted, there)] = database.execute(query, [asked]).fetchall()
    except duckdb.Error:
        raise WarehouseError(
            f"{MEMORY} is {asked}; write an amount of memory such as {_ENOUGH}"
        ) from None
    return f"{min(wanted, there)}B"


def one_line(message: str) -> str:
    """A message of dbt or DuckDB without its line breaks and indentation."""
    return " ".join(message.split())
