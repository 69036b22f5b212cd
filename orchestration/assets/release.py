"""The release: everything checked, then switched to in one step."""

import time
from typing import Any

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES,
)

from analytics.study_results import descriptions, result_tables
from orchestration.assets.coverage import every_study_variable_has_a_source
from orchestration.assets.dbt import MANIFEST, dbt_tables
from orchestration.assets.held import no_file_is_held
from orchestration.assets.raw import YEARLY, raw_tables
from orchestration.assets.revisions import revisions_break_no_definition
from orchestration.assets.studies import STUDIES, studies
from orchestration.keys import address, asset_key, dbt_address
from orchestration.resources import Warehouse
from warehouse.store import build, releases


@dg.asset(
    key=asset_key("catalog.release"),
    deps=[*raw_tables.keys, *dbt_tables.keys, *studies.keys],
    group_name="release",
    kinds={"duckdb"},
    freshness_policy=YEARLY,
    pool="duckdb_writer",
)
def release(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """What analysts read: schemas catalog, marts and results, read-only, also as Parquet."""
    started = time.monotonic()
    checks = _checks(context)
    if checks["failed"]:
        raise dg.Failure(f"not released, since these checks failed: {', '.join(checks['failed'])}")
    landed = build.read_table(warehouse.home, "catalog.dim_file")
    taken = landed[landed["role"] == "taken"]
    if taken.empty:
        raise dg.Failure("not released, since not one of the landed files could be taken")
    made = releases.Release(
        fingerprint=releases.fingerprint(warehouse.home, warehouse.vintage),
        is_synthetic=warehouse.is_synthetic,
        newest_published_on=taken["published_on"].max().date(),
        as_of=warehouse.vintage,
    )
    folder = releases.publish(warehouse.home, made, comments(), checks)
    rows = sum(releases.current(warehouse.home)["tables"].values())
    warehouse.say(f"release   {made.name} in {time.monotonic() - started:.1f} s")
    return dg.MaterializeResult(
        metadata={
            "release": made.name,
            "label": made.label,
            "folder": dg.MetadataValue.path(folder),
            "rows_of_all_tables": rows,
            "dagster/row_count": 1,
            "seconds": round(time.monotonic() - started, 3),
        }
    )


def comments() -> dict[str, str]:
    """The text of every documented table and column, with its unit, by address."""
    found = {
        f"results.{name}": _comment(text, unit)
        for name, (text, unit) in descriptions(result_tables(STUDIES)).items()
    }
    for node in [*MANIFEST["nodes"].values(), *MANIFEST["sources"].values()]:
        if node["resource_type"] not in ("model", "source"):
            continue
        table = dbt_address(node)
        found[table] = node["description"]
        for name, column in node["columns"].items():
            unit = column["meta"].get("unit", "none")
            found[f"{table}.{name}"] = _comment(column["description"], unit)
    return found


def _comment(text: str, unit: str) -> str:
    return text if unit == "none" else f"{text} [{unit}]"


def _checks(context: dg.AssetExecutionContext) -> dict[str, Any]:
    """How every check last went: how many passed, and the names of those that did not."""
    checked = (
        *(raw_tables, dbt_tables, studies),
        *(no_file_is_held, every_study_variable_has_a_source, revisions_break_no_definition),
    )
    keys = [key for definition in checked for key in definition.check_keys]
    latest = context.instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    names: dict[str, list[str]] = {"passed": [], "warned": [], "failed": []}
    for key, record in latest.items():
        if record.status not in COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES:
            continue  # planned, but the run ended before it
        evaluation = record.evaluation
        is_warning = evaluation.severity == dg.AssetCheckSeverity.WARN
        outcome = "passed" if evaluation.passed else "warned" if is_warning else "failed"
        names[outcome].append(f"{address(key.asset_key)}: {key.name}")
    return {
        "passed": len(names["passed"]),
        "warned": sorted(names["warned"]),
        "failed": sorted(names["failed"]),
    }
