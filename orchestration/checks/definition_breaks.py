"""The report of what new editions changed, and the check that no definition broke with them."""

import dagster as dg

from orchestration.checks.gate import gate_check, warning
from orchestration.metadata import markdown
from orchestration.resources import Warehouse
from warehouse.explain import revisions as revision_report
from warehouse.store import build


@gate_check(
    "results.revisions",
    "No edition changed the definition of an indicator, by its notes or by its looks",
)
def revisions_break_no_definition(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Warns of definition breaks; the metadata report every revision."""
    report = revision_report.report(
        *build.read_tables(warehouse.home, "results.revisions", "catalog.dim_area")
    )
    for line in report["sentence"]:
        warehouse.say(f"revised   {line}")
    metadata = {
        "cells_changed": int(report["cells_changed"].sum()),
        "cells_compared": int(report["cells_compared"].sum()),
        "revisions": markdown(report.drop(columns=["sentence", "break_sentence"])),
    }
    return warning(report.loc[report["breaks"] > 0, "break_sentence"], metadata)
