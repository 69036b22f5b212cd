"""The check that something of the panel is known: nothing can be estimated on an empty one."""

import dagster as dg

from orchestration import intake
from orchestration.checks.gate import gate_check
from orchestration.resources import Warehouse
from warehouse.store import build

PANEL = "marts.panel__province_year"


@gate_check(PANEL, "At least one value of one province and year is known")
def panel_has_rows(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Stops a refresh before the studies, with what became of each file."""
    is_empty = build.read_table(warehouse.home, PANEL).empty
    return dg.AssetCheckResult(
        passed=not is_empty,
        severity=dg.AssetCheckSeverity.ERROR,
        description=_what_became_of_the_files(warehouse) if is_empty else None,
    )


def _what_became_of_the_files(warehouse: Warehouse) -> str:
    files = build.read_table(warehouse.home, "catalog.dim_file")
    sentences = [
        f"{file.source_id}/{file.edition}/{file.file_name} is {file.role}: "
        f"{file.reason or 'it prints nothing that the panel is made of'}"
        for file in files.fillna({"reason": ""}).itertuples()
    ]
    mend = intake.where_to_land(warehouse.home.landing)
    return "\n".join([*sentences, f"the panel has no row, so nothing is released; {mend}"])
