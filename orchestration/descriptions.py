"""What every table of a release says of itself, from dbt's manifest and the tables of results."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from analytics.specification import Study
from analytics.study_results import result_tables
from analytics.tables import Table as ResultTable
from analytics.value_chains.measures import MEASURES, Measure
from orchestration import translations
from orchestration.assets.dbt import KEYS, MANIFEST
from orchestration.keys import dbt_address
from warehouse.contract.tables import NO_UNIT, Column, Table, Text
from warehouse.intake.judgement import SEEDS
from warehouse.store.release_tables import OF_THE_RELEASE

# By name or type, where a column says none; texts and truth values have none.
_UNITS = {"year": "year", "date": "date"}


def described(studies: Sequence[Study]) -> dict[str, Table]:
    """Every documented table by its address, in both languages as far as it is translated."""
    found: dict[str, Table] = {}
    for name, table in result_tables(studies).items():
        found[f"results.{name}"] = _of_results(table)
    for node in (*MANIFEST["nodes"].values(), *MANIFEST["sources"].values()):
        if node["resource_type"] in ("model", "seed", "source"):
            address = dbt_address(node)
            columns = {name: column_of(name, column) for name, column in node["columns"].items()}
            found[address] = Table(Text(node["description"]), columns, KEYS.get(address, ()))
    return translations.translated(found | OF_THE_RELEASE)


def _of_results(table: ResultTable) -> Table:
    columns = {
        name: Column(Text(each.description), Text(each.unit), each.references)
        for name, each in table.columns.items()
    }
    return Table(Text(table.description, table.chinese), columns, table.key)


def column_of(name: str, column: Mapping[str, Any]) -> Column:
    """What the dbt project says of a column; of one that it says nothing of, what others do."""
    meta = column["meta"]
    by_kind = _UNITS.get(name) or _UNITS.get(column["data_type"]) or NO_UNIT
    about, unit = Text(column["description"]), Text(meta.get("unit", by_kind))
    if not about.en and (said := _said_elsewhere().get(name)):
        about, unit = said.about, unit if said.unit.en == NO_UNIT else said.unit
    return Column(about, unit, meta.get("references"))


@cache
def _said_elsewhere() -> dict[str, Column]:
    """Columns that are measures, or in the panels indicators or named by the seeds."""
    names = {
        row["column_name"]: Column(Text(row["name_en"], row["name_zh"]))
        for row in _seed("panel_names")
    }
    indicators = {
        row["indicator_id"]: Column(
            Text(row["definition"], row["definition_zh"]), Text(row["unit"])
        )
        for row in _seed("indicators")
    }
    columns = {
        row["column_name"]: indicators[row["input_id"]]
        for row in _seed("panel_inputs")
        if row["input_kind"] == "observation" and row["formula"] == "x"
    }
    return names | columns | {name: _of_measure(measure) for name, measure in MEASURES.items()}


def _of_measure(measure: Measure) -> Column:
    source = translations.in_chinese(measure.source)
    about = Text(
        f"{measure.text}: {measure.formula}; {measure.source}",
        f"{measure.text_zh}：{measure.formula}；{source}",
    )
    return Column(about, Text(measure.unit))


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
