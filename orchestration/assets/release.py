"""The release: everything checked, then switched to in one step."""

import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import dagster as dg

from orchestration import judgement, report, user_cache, wording
from orchestration.assets.raw import YEARLY
from orchestration.assets.studies import STUDIES
from orchestration.descriptions import described
from orchestration.keys import address, asset_key
from orchestration.ports import RELEASE
from orchestration.resources import Warehouse
from warehouse.intake import raw
from warehouse.report import writing
from warehouse.store import build, releases, remains
from warehouse.store.release_database import released_from_build


def release_of(
    assets: Sequence[dg.AssetsDefinition], checks: Sequence[dg.AssetChecksDefinition]
) -> dg.AssetsDefinition:
    """The release as an asset, made after all assets and checks there are."""
    check_keys = [key for definition in (*assets, *checks) for key in definition.check_keys]

    @dg.asset(
        key=asset_key("catalog.release"),
        deps=[key for definition in assets for key in definition.keys],
        group_name="release",
        kinds={"duckdb"},
        freshness_policy=YEARLY,
        pool="duckdb_writer",
    )
    def release(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        """What analysts read: schemas catalog, marts and results, also as Parquet, and a report."""
        evaluations = _evaluations(context.instance, check_keys)
        made = _publish(warehouse, _outcomes(evaluations))
        said = {each.check_name: each.description or "" for each in evaluations if not each.passed}
        report.write(warehouse.home, said)
        return made

    return release


def _publish(warehouse: Warehouse, checks: dict[str, Any]) -> dg.MaterializeResult:
    """Publish a release, unless a check failed."""
    started = time.monotonic()
    if checks["failed"]:
        raise dg.Failure(f"not released, since these checks failed: {', '.join(checks['failed'])}")
    tables = described([*STUDIES, *judgement.studies_of(warehouse.home)])
    made = _checked(warehouse, tables)
    earlier = (warehouse.home.releases / releases.CURRENT).resolve()
    write_report = partial(
        writing.write,
        wording=wording.of_release,
        earlier=earlier if releases.current(warehouse.home) else None,
        kept=user_cache.folder("report"),
    )
    rows = raw.trade_row_files(warehouse.home, warehouse.vintage)
    folder = releases.publish(warehouse.home, made, tables, checks, [write_report], rows)
    remains.write_down(warehouse.home)
    facts = releases.facts_of(folder)
    assert facts  # it was published just now
    warehouse.say(f"release   {made.name} in {time.monotonic() - started:.1f} s")
    return dg.MaterializeResult(
        metadata={
            "release": made.name,
            "label": made.label,
            "engine": facts["engine"],
            "folder": dg.MetadataValue.path(folder),
            # Below the address of the UI, for a page of a server may not open files
            "report": dg.MetadataValue.url(f"{RELEASE}/{writing.FOLDER}/index.html"),
            "dictionary": dg.MetadataValue.url(f"{RELEASE}/dictionary.html"),
            "rows_of_all_tables": sum(facts["tables"].values()),
            "dagster/row_count": 1,
            "seconds": round(time.monotonic() - started, 3),
        }
    )


def _checked(warehouse: Warehouse, tables: Iterable[str]) -> releases.Release:
    """The release to be made of the build file, which is the whole of it."""
    made_of = releases.fingerprints(warehouse.home, warehouse.vintage)
    try:
        build.check(warehouse.home, made_of, warehouse.vintage, released_from_build(tables))
    except build.OtherBuild as other:
        raise dg.Failure(str(other)) from None
    landed = build.read_table(warehouse.home, "catalog.dim_file")
    # Where every file is held there is a release all the same: what is held can be accepted
    taken = landed.loc[landed["role"] == "taken", "published_on"]
    return releases.Release(
        fingerprint=releases.fingerprint_of(made_of, warehouse.vintage),
        is_synthetic=warehouse.is_synthetic,
        newest_published_on=(landed["published_on"] if taken.empty else taken).max().date(),
        as_of=warehouse.vintage,
        fingerprints=made_of,
        engine=warehouse.engine,
    )


def _evaluations(
    instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]
) -> list[dg.AssetCheckEvaluation]:
    """How every check last went. Raises Failure for one that was planned when its run ended."""
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    said = {key: record.evaluation for key, record in latest.items()}
    # In the place of an evaluation Dagster has what was planned
    found = {key: each for key, each in said.items() if isinstance(each, dg.AssetCheckEvaluation)}
    if missing := sorted(f"{address(key.asset_key)}: {key.name}" for key in {*keys} - {*found}):
        raise dg.Failure(
            f"not released, since these checks did not run: {', '.join(missing)}; run `yearbook "
            "refresh` again"
        )
    return [*found.values()]


def _outcomes(evaluations: Iterable[dg.AssetCheckEvaluation]) -> dict[str, Any]:
    """How many checks passed, and the names of those that did not."""
    names: dict[str, list[str]] = {"passed": [], "warned": [], "failed": []}
    for evaluation in evaluations:
        is_warning = evaluation.severity == dg.AssetCheckSeverity.WARN
        outcome = "passed" if evaluation.passed else "warned" if is_warning else "failed"
        names[outcome].append(f"{address(evaluation.asset_key)}: {evaluation.check_name}")
    return {
        "passed": len(names["passed"]),
        "warned": sorted(names["warned"]),
        "failed": sorted(names["failed"]),
    }
