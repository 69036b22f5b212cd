"""dbt on the build file of a home. Everything that dbt writes beside it lies in `build/dbt`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration import dbt_ephemeral, dbt_manifest
from orchestration.dbt_command import invoke
from warehouse.contract.home import Home
from warehouse.store import build, by_snapshot

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult


def run(home: Home, arguments: Sequence[str]) -> "dbtRunnerResult":
    """Run one dbt command; raises `DbtError` when dbt itself fails, not when a node of it does."""
    # Without dbt's own artefacts: Dagster records what became of each table and test
    quietly = [*arguments, "--no-write-json"]
    by_file = by_snapshot.begin(home)
    try:
        manifest = dbt_manifest.without_idle_macros(dbt_manifest.parsed())
        with dbt_manifest.ready().at_hand(), dbt_ephemeral.put_first():
            return invoke(quietly, build.path(home), home.build / "dbt", manifest, by_file)
    finally:
        by_snapshot.seal(home)
