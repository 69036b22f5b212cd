"""What the checks have in common."""

from collections.abc import Callable

import dagster as dg

from orchestration.keys import asset_key


def gate_check(
    table: str, description: str
) -> Callable[[Callable[..., dg.AssetCheckResult]], dg.AssetChecksDefinition]:
    """A check of a table, by the name of the function; the release is made after it."""
    return dg.asset_check(
        asset=asset_key(table),
        description=description,
        blocking=True,  # a warning stops nothing; this only has the release wait for it
        pool="duckdb_writer",
    )
