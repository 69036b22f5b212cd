"""The check that every variable of the study is provided by some source."""

import dagster as dg

from orchestration.keys import asset_key
from orchestration.resources import Warehouse
from warehouse.explain import coverage
from warehouse.store import build


@dg.asset_check(
    asset=asset_key("catalog.coverage"),
    name="every_study_variable_has_a_source",
    description="Each indicator of the index, control and determinant is provided",
    blocking=True,  # a warning stops nothing; this only has the release wait for it
    pool="duckdb_writer",
)
def every_study_variable_has_a_source(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Warns: the estimates go on without a variable, but never without saying so."""
    summary = coverage.summarise(
        build.read_table(warehouse.home, "catalog.dim_indicator"),
        build.read_table(warehouse.home, "catalog.coverage"),
    )
    absent = coverage.without_source(summary)
    return dg.AssetCheckResult(
        passed=absent.empty,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(
            f"no file provides {row.indicator_id} ({row.study_role}): {row.where_to_get}"
            for row in absent.itertuples()
        )
        or None,
        metadata={"without_source": len(absent), "variables": len(summary)},
    )
