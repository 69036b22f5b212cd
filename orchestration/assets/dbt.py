"""The dbt project: every model and seed an asset, every test a check."""

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from dagster_dbt.asset_utils import DAGSTER_DBT_UNIQUE_ID_METADATA_KEY as UNIQUE_ID
from dagster_dbt.asset_utils import build_dbt_specs

from orchestration import dbt_manifest, engines
from orchestration.assets.raw import FILES
from orchestration.claims import claim
from orchestration.dbt_command import DbtError, one_line
from orchestration.engines import Engine, EngineName
from orchestration.keys import address, asset_key, dbt_address, group
from orchestration.metadata import first_row, markdown, table_metadata
from orchestration.resources import Warehouse
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home
from warehouse.store import build, keys

if TYPE_CHECKING:
    import pandas as pd
    from dagster_dbt import DbtProject

MANIFEST = dbt_manifest.described()
# The key of each table, as its YAML declares it
KEYS: dict[str, tuple[str, ...]] = {
    dbt_address(node): tuple(node["config"]["meta"]["key"])
    for node in MANIFEST["nodes"].values()
    if "key" in node["config"].get("meta", {})
}
# One for all tables: of each by itself, what Dagster writes of it would take longer than to look.
# The table that it stands under is the one that most others end in
KEYS_HOLD = dg.AssetCheckSpec(
    "keys_hold",
    asset=asset_key("marts.panel__province_year"),
    description="The rows of every table have the key that it declares, all of which is known",
    blocking=True,
)


class Translator(DagsterDbtTranslator):
    """Keys, groups and the asset that a test is a check of."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return asset_key(dbt_address(dbt_resource_props))

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: "DbtProject | None"
    ) -> dg.AssetSpec:
        """With the build file as a dependency, which begins anew before any table is made."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            return spec
        return spec.replace_attributes(
            group_name=group(dbt_address(node)),
            description=node["description"],
            deps=[*(dep for dep in spec.deps if dep.asset_key != FILES), FILES],
        )

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: object
    ) -> dg.AssetCheckSpec | None:
        """A test is a check of the table it is written under; a free one, of the first it reads."""
        test = self.get_resource_props(manifest, unique_id)
        if test["resource_type"] != "test" or tested_table(test) != address(asset_spec.key):
            return None
        return dg.AssetCheckSpec(
            name=test["name"],
            asset=asset_spec.key,
            description=claim(test) or None,
            metadata={UNIQUE_ID: unique_id},
            blocking=test["config"]["severity"].lower() == "error",
        )


def tested_table(test: Mapping[str, Any]) -> str:
    """The address of the table that a test of the manifest is a claim about.

    Of a free test the first it reads that is a table: what is ephemeral has no checks.
    """
    nodes = MANIFEST["nodes"] | MANIFEST["sources"]
    read = [test.get("attached_node"), *test["depends_on"]["nodes"]]
    tables = (nodes[unique_id] for unique_id in read if unique_id)
    return dbt_address(
        next(node for node in tables if node["config"].get("materialized") != "ephemeral")
    )


# As `@dbt_assets` has them, which knows of no check but the tests
_TABLES, _TESTS = build_dbt_specs(
    translator=Translator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True)),
    manifest=MANIFEST,
    select="fqn:*",
    exclude="resource_type:unit_test",
    selector="",
    io_manager_key=None,
    project=None,
)


@dg.multi_asset(
    name="dbt_build",
    specs=_TABLES,
    check_specs=[*_TESTS, KEYS_HOLD],
    can_subset=True,
    pool="duckdb_writer",
    allow_arbitrary_check_specs=True,  # a test may be of a source, which another step makes
)
def dbt_tables(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Seeds, models and their tests; unit tests are left to the test suite, as they test code."""
    try:
        with engines.at_work(warehouse) as engine:
            yield from _build(context, warehouse, engine)
    except DbtError as error:
        raise dg.Failure(f"dbt: {error}") from None
    except WarehouseError as error:
        raise dg.Failure(str(error)) from None


def _build(
    context: dg.AssetExecutionContext, warehouse: Warehouse, engine: Engine
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    started = time.monotonic()
    arguments = _build_arguments(context)
    if "--select" in arguments and warehouse.engine == EngineName.spark:
        raise dg.Failure(
            "Spark makes all tables at once: select all of dbt_build, or start the UI without "
            "YEARBOOK_ENGINE"
        )
    results = engine.build(arguments).results if arguments else []
    yield from _materialised(warehouse.home, results)
    known_checks = {(key.asset_key, key.name) for key in context.selected_asset_check_keys}
    problems = []
    for check in _checks(context, warehouse.home, engine, results):
        if (check.asset_key, check.check_name) in known_checks:
            yield check
        elif not check.passed:
            # Of a source that no model reads, or of the keys of single tables that were made
            problems.append(str(check.description))
    problems += [
        f"{dbt_address(node)} could not be made: {one_line(str(result.message))}"
        for node, result in _of_tables(results, "error")
    ]
    if problems:
        raise dg.Failure("\n".join(problems))
    checked = sum(result.node.resource_type == "test" for result in results)
    warehouse.say(
        f"tables    {len(results) - checked} tables and {checked} tests in "
        f"{time.monotonic() - started:.1f} s"
        + (f" by Spark on {warehouse.master}" if warehouse.engine == EngineName.spark else "")
    )


def _build_arguments(context: dg.AssetExecutionContext) -> list[str]:
    """Everything, or the selected tables and tests one by one; nothing, if there are none."""
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    definition = context.assets_def
    tables = {spec.key: spec for spec in definition.specs}
    checks = {spec.key: spec for spec in definition.node_check_specs_by_output_name.values()}
    wanted = context.selected_asset_keys | context.selected_asset_check_keys
    if wanted == {*definition.node_keys_by_output_name.values(), *checks}:
        return arguments
    of_dbt = wanted - {KEYS_HOLD.key}
    nodes = [MANIFEST["nodes"][(tables | checks)[key].metadata[UNIQUE_ID]] for key in of_dbt]
    names = sorted("fqn:" + ".".join(node["fqn"]) for node in nodes)
    return [*arguments, "--indirect-selection", "empty", "--select", *names] if names else []


def _of_tables(results: Iterable[Any], status: str) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """What became of tables in one way: their entries in the manifest, and dbt's results."""
    for result in results:
        node = MANIFEST["nodes"][result.node.unique_id]
        if node["resource_type"] != "test" and result.status == status:
            yield node, result


def _materialised(home: Home, results: Iterable[Any]) -> Iterator[dg.MaterializeResult]:
    made = build.tables(home)
    for node, result in _of_tables(results, "success"):
        yield dg.MaterializeResult(
            asset_key(dbt_address(node)),
            metadata=table_metadata(
                made[dbt_address(node)],
                result.execution_time,
                is_declared=node["config"]["contract"]["enforced"],
            ),
        )


def _checks(
    context: dg.AssetExecutionContext, home: Home, engine: Engine, results: Iterable[Any]
) -> Iterator[dg.AssetCheckResult]:
    """The outcome of the keys and of every test that ran.

    The keys are looked at in the order of the tables, for what is wrong in one comes from those
    before it: those of all tables, or where the check was not asked for, of those that were made.
    """
    made = [dbt_address(node) for node, _ in _of_tables(results, "success")]
    is_asked_for = KEYS_HOLD.key in context.selected_asset_check_keys
    tables = dict.fromkeys([*made, *KEYS] if is_asked_for else made)
    yield _keys_hold(home, {table: KEYS[table] for table in tables if table in KEYS})
    for result in results:
        node = MANIFEST["nodes"][result.node.unique_id]
        if node["resource_type"] == "test" and result.status != "skipped":
            yield _check(home, engine, node, result)


def _keys_hold(home: Home, declared: Mapping[str, tuple[str, ...]]) -> dg.AssetCheckResult:
    """Whether tables have their keys, in what either engine left in the build file."""
    started = time.monotonic()
    sentences, metadata = [], {}
    for table, claim_of_key, rows in keys.broken(home, declared):
        file = build.keep_failing_rows(home, f"{KEYS_HOLD.name}_{table}", rows)
        metadata[table] = markdown(rows.head(10))
        sentences.append(_failure(table, KEYS_HOLD.name, claim_of_key, rows, file))
    return dg.AssetCheckResult(
        asset_key=KEYS_HOLD.asset_key,
        check_name=KEYS_HOLD.name,
        passed=not sentences,
        description="\n".join(sentences) or None,
        metadata={
            **metadata,
            "keys": len(declared),
            "seconds": round(time.monotonic() - started, 3),
        },
    )


def _check(home: Home, engine: Engine, test: Mapping[str, Any], result: Any) -> dg.AssetCheckResult:
    """The outcome of a test; a failed one says what is wrong and leaves its rows in a file."""
    table, metadata, sentence = tested_table(test), {}, None
    if result.status in ("fail", "warn"):
        rows = engine.rows(result.node.compiled_code)
        file = build.keep_failing_rows(home, test["name"], rows)
        metadata["rows"] = markdown(rows.head(10))
        sentence = _failure(table, test["name"], claim(test), rows, file)
    elif result.status == "error":
        sentence = f"{table}: {test['name']} could not run: {one_line(str(result.message))}"
    return dg.AssetCheckResult(
        asset_key=asset_key(table),
        check_name=test["name"],
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity["WARN" if result.status == "warn" else "ERROR"],
        description=sentence,
        metadata={**metadata, "seconds": round(result.execution_time, 3)},
    )


def _failure(table: str, test: str, claimed: str, rows: "pd.DataFrame", file: Path) -> str:
    """What rows of a table fail, in a sentence; all of them are in a file."""
    claim = f" ({claimed})" if claimed else ""
    many = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    return f"{table} fails {test}{claim} in {many}, such as {first_row(rows)}; all are in {file}"
