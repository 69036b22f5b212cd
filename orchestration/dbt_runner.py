"""dbt in this process: its environment, its manifest and its runs.

Everything dbt writes lies under `build/dbt` of the home. Its environment is the same for every
run of a home, because dbt throws its partial parse away when a variable changes.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.lock import exclusively
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import build
from warehouse.store.releases import PROJECT, code

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

DBT_PROJECT = PROJECT / "dbt_project"

# What this process parsed it need not load again
_parsed: dict[Home, "Manifest"] = {}


class DbtError(WarehouseError):
    """dbt could not start or finish; the message is dbt's own, on one line."""


def target(home: Home) -> Path:
    """The folder of dbt's artefacts."""
    return home.build / "dbt" / "target"


def manifest(home: Home) -> Path:
    """The manifest of the project as it is now; parsed again only when a file of it changed."""
    file = target(home) / "manifest.json"
    stamp = home.build / "dbt" / "parsed"
    with exclusively(home.build / "dbt" / "parse.lock"):
        now = _project_hash(home)
        if not (file.exists() and stamp.exists() and stamp.read_text() == now):
            stamp.unlink(missing_ok=True)
            _parsed[home] = run(home, ["parse"]).result
            stamp.write_text(now)
    return file


def run(home: Home, arguments: Sequence[str]) -> "dbtRunnerResult":
    """Run one dbt command; raises `DbtError` when dbt itself fails, not when a node of it does."""
    os.environ.update(YEARBOOK_BUILD=str(build.path(home)), DO_NOT_TRACK="1")
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    try:
        result = dbtRunner(manifest=_parsed.get(home)).invoke(
            [
                *("--log-level", "none", "--log-level-file", "none", "--no-use-colors"),
                *arguments,
                *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
                *("--target-path", str(target(home)), "--log-path", str(home.build / "dbt")),
            ]
        )
    finally:
        # dbt keeps the build file locked after it returns
        DuckDBConnectionManager.close_all_connections()
    if result.exception:
        raise DbtError(one_line(str(result.exception)) or type(result.exception).__name__)
    return result


def one_line(message: str) -> str:
    """A message of dbt or DuckDB without its line breaks and indentation."""
    return " ".join(message.split())


def _project_hash(home: Home) -> str:
    digest = hashlib.sha256(str(home.root).encode())
    for file in sorted(code(DBT_PROJECT)):
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
