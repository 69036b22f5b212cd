"""What the checks have in common."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import dagster as dg

from orchestration.keys import asset_key


def warning(
    sentences: Iterable[str], metadata: Mapping[str, Any] | None = None, **of_check: Any
) -> dg.AssetCheckResult:
    """What a check found that warns in sentences, and passes without any.

    `of_check` are the asset and the name of the check, where its function does not say them.
    """
    description = "\n".join(sentences)
    return dg.AssetCheckResult(
        passed=not description,
        severity=dg.AssetCheckSeverity.WARN,
        description=description or None,
        metadata=metadata,
        **of_check,
    )


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
