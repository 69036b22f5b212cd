"""What Dagster is told: keys, groups, the order of things, and when they run by themselves."""

import json

import dagster as dg
import pytest

from analytics.specification import load_studies
from analytics.study_results import printed_tables, result_tables
from orchestration.resources import Warehouse
from warehouse.sources import sources

# Those that the clone keeps
STUDIES = [study for study in load_studies() if study.panel.table == "panel__province_year"]
RESULTS = {f"results.{name}" for name in result_tables(STUDIES)}
PRINTED = {f"results.{name}" for name in printed_tables(STUDIES)}
DESCRIBE = """
import json
import dagster as dg
from orchestration import automation, lock
from orchestration.definitions import defs
from orchestration.keys import address, asset_key
from warehouse.contract.home import Home
from warehouse.store import releases

graph = defs.get_repository_def().asset_graph


def look(cursor=None):
    instance = dg.DagsterInstance.ephemeral()
    return automation.landing_folder(dg.build_sensor_context(instance=instance, cursor=cursor))


home = Home.from_environment()
folder, elsewhere = home.landing / "nbs_portal", home.root.parent / "another disk"
folder.rename(elsewhere)
folder.symlink_to(elsewhere)
released = look()
file = next(elsewhere.rglob("*.csv"))
file.write_text(file.read_text().replace("天津市,3", "天津市,8"))
before = releases.fingerprints(home)
with lock.exclusively(home.build / "refresh.lock"):  # another process is at work
    beside = [look(released.cursor), automation.monthly_look(dg.build_schedule_context())]
assert releases.fingerprints(home) == before  # what was taken in now its release would not have
changed = look(released.cursor)
print(json.dumps({
    "groups": {address(key): graph.get(key).group_name for key in graph.get_all_asset_keys()},
    "external": [address(key) for key in graph.external_asset_keys],
    "before_release": [
        address(key) for key in graph.get_ancestor_asset_keys(asset_key("catalog.release"))
    ],
    "checks_not_waited_for": [
        check.key.to_user_string()
        for definition in defs.get_repository_def().asset_checks_defs_by_key.values()
        if isinstance(definition, dg.AssetChecksDefinition)
        for check in definition.check_specs
        if not check.blocking
    ],
    "checks": [f"{address(key.asset_key)}: {key.name}" for key in graph.asset_check_keys],
    "crons": automation.yearly_refresh.cron_schedule,
    "runs": [[each.run_key for each in told.run_requests or []] for told in (released, changed)],
    "skips_beside_a_refresh": [isinstance(told, dg.SkipReason) for told in beside],
    "skips_the_same_files": isinstance(look(changed.cursor), dg.SkipReason),
}))
folder.unlink()
elsewhere.rename(folder)
"""


def test_definitions(clone, released):
    done = clone.python(DESCRIBE)
    assert done.status == 0, done.stderr
    told = json.loads(done.stdout)
    clone.land(1)
    assert told["groups"] == {
        **{f"raw.{source}": "raw" for source in sources()},
        **{f"raw.{table}": "raw" for table in ("files", "cells", "sources")},
        **{f"raw.{table}": "raw" for table in ("trade_rows", "trade_files")},
        **dict.fromkeys(
            ("raw.value_chains", "raw.inter_country_tables", "raw.measures"), "countries"
        ),
        "seeds.provinces": "staging",
        "staging.stg_nbs_portal__cells": "staging",
        "marts.panel__province_year": "marts",
        "catalog.dim_area": "marts",
        "catalog.dim_indicator": "marts",
        "catalog.dim_file": "marts",
        **{f"catalog.{name}": "marts" for name in ("coverage", "missing_value", "where_to_get")},
        **{f"catalog.{name}": "marts" for name in ("rejected_cell", "unused_cell")},
        **{f"catalog.{name}": "marts" for name in ("unmapped_label", "data_warning")},
        "catalog.inter_country_block": "countries",
        **dict.fromkeys(RESULTS, "models"),
        "results.revisions": "models",
        "catalog.release": "release",
    }
    # A wrong key would make an external asset of its table, and the order would be lost
    assert told["external"] == []
    assert sorted(told["before_release"]) == sorted(set(told["groups"]) - {"catalog.release"})
    assert told["checks_not_waited_for"] == []
    assert set(told["checks"]) == {
        "catalog.coverage: every_study_variable_has_a_source",
        "catalog.dim_file: no_file_is_held",
        "catalog.inter_country_block: tables_add_up",
        "catalog.inter_country_block: years_have_a_table",
        "marts.panel__province_year: keys_hold",
        "marts.panel__province_year: no_value_is_lost",
        "marts.panel__province_year: values_are_positive_panel__province_year_",
        "raw.files: every_file_is_taken",
        "results.revision_impact: headline_estimates_hold_on_every_vintage",
        "results.revisions: revisions_break_no_definition",
        *(f"{table}: diagnostics_raise_no_doubt" for table in sorted(PRINTED)),
        "staging.stg_nbs_portal__cells: not_null_stg_nbs_portal__cells_value",
    }
    assert all(cron.startswith("0 6 ") and cron.endswith(" *") for cron in told["crons"])
    # Released already, changed since; by a key Dagster would know files that are back, and not run
    assert told["runs"] == [[], [None]]
    assert told["skips_beside_a_refresh"] == [True, True]
    assert told["skips_the_same_files"]


def test_a_run_refreshes_no_other_home_than_that_it_was_started_for(tmp_path, monkeypatch):
    monkeypatch.setenv("YEARBOOK_HOME", str(tmp_path / "own"))
    run = Warehouse(root=str(tmp_path / "other")).yield_for_execution(
        dg.build_init_resource_context()
    )
    with pytest.raises(dg.Failure, match="leave `root` out of its configuration"), run:
        pass
    assert not list(tmp_path.iterdir())
