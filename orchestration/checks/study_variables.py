"""The check that every variable of the study is provided by some source."""

import dagster as dg

from orchestration.checks.gate import gate_check, warning
from orchestration.resources import Warehouse
from warehouse.explain import coverage
from warehouse.store import build


@gate_check("catalog.coverage", "Each indicator of the index, control and determinant is provided")
def every_study_variable_has_a_source(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Warns: the estimates go on without a variable, but never without saying so."""
    summary = coverage.summarise(
        *build.read_tables(warehouse.home, "catalog.dim_indicator", "catalog.coverage")
    )
    absent = coverage.without_source(summary)
    sentences = (
        f"no file provides {row.indicator_id} ({row.study_role}): {row.where_to_get}"
        for row in absent.itertuples()
    )
    return warning(sentences, {"without_source": len(absent), "variables": len(summary)})
