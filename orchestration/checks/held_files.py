"""The check that no file is held back by the vintage gate."""

import dagster as dg

from orchestration.checks.gate import gate_check, warning
from orchestration.resources import Warehouse
from warehouse.store import build


@gate_check(
    "catalog.dim_file",
    "No landed file contradicts what was known before it without being accepted",
)
def no_file_is_held(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Warns: the release is made of the last good values, and says which files it does without."""
    files = build.read_table(warehouse.home, "catalog.dim_file")
    held = files[files["role"] == "held"]
    sentences = (
        f"{file.source_id}/{file.edition}/{file.file_name} is held back: {file.reason}"
        for file in held.itertuples()
    )
    return warning(sentences, {"held": len(held), "files": len(files)})
