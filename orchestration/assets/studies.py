"""The studies: estimates on the panel, as tables of schema `results`."""

import time
from collections.abc import Iterator
from dataclasses import fields

import dagster as dg

from analytics.errors import SpecificationError
from analytics.specification import load_study, study_files
from analytics.study import StudyTables, run_study, table_markdown
from orchestration.keys import address, asset_key, group
from orchestration.metadata import table_metadata
from orchestration.resources import Warehouse
from warehouse import build

PANEL = "marts.panel__province_year"
TABLES = {field.name: asset_key(f"results.{field.name}") for field in fields(StudyTables)}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(key, deps=[asset_key(PANEL)], group_name=group(address(key)), kinds={"python"})
        for key in TABLES.values()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "models_have_no_warnings",
            asset=TABLES["models"],
            description="No model does without a control, an entity or enough clusters",
        )
    ],
    pool="duckdb_writer",
)
def studies(warehouse: Warehouse) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Every study of `analytics/studies`, estimated on the panel."""
    import pandas as pd

    started = time.monotonic()
    panel = build.read_table(warehouse.home, PANEL)
    try:
        done = [run_study(load_study(file), panel) for file in study_files()]
    except SpecificationError as error:
        raise dg.Failure(f"studies: {error}") from None
    build.write_results(
        warehouse.home,
        {
            name: pd.concat([getattr(study, name) for study in done], ignore_index=True)
            for name in TABLES
        },
    )
    made = build.tables(warehouse.home)
    seconds = time.monotonic() - started
    shown = dg.MetadataValue.md("\n\n".join(table_markdown(study) for study in done))
    for key in TABLES.values():
        metadata = table_metadata(made[address(key)], seconds) | {"table": shown}
        yield dg.MaterializeResult(key, metadata=metadata)
    warnings = [
        f"{model.study}, {model.model_id}: {model.warnings}"
        for study in done
        for model in study.models.dropna(subset="warnings").itertuples()
    ]
    yield dg.AssetCheckResult(
        asset_key=TABLES["models"],
        check_name="models_have_no_warnings",
        passed=not warnings,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(warnings) or None,
    )
    warehouse.say(f"models    {made['results.models'].rows} models in {seconds:.1f} s")
