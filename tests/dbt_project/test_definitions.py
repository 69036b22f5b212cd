"""What the project promises about its tables, read from the project's own files."""

import re
from pathlib import Path

import pytest
import yaml

from orchestration import dbt_manifest
from orchestration.descriptions import column_of
from warehouse.contract.tables import NO_UNIT

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "dbt_project" / "models"


def documented() -> dict[str, dict]:
    """The documentation of every mart and every model of results, by table name."""
    tables = {}
    for file in sorted([*MODELS.glob("marts/**/_*.yml"), *MODELS.glob("results/_*.yml")]):
        content = yaml.safe_load(file.read_text())
        tables |= {model["name"]: model for model in content.get("models", [])}
    return tables


def test_every_mart_is_documented():
    released = [*(MODELS / "marts").rglob("*.sql"), *(MODELS / "results").rglob("*.sql")]
    assert {file.stem for file in released} == set(documented())


@pytest.mark.parametrize("name", documented())
def test_every_column_has_a_type_a_description_and_a_unit(name):
    table = documented()[name]
    assert table["description"].strip()
    for column in table["columns"]:
        assert column["data_type"], column["name"]
        declared = {"description": "", "meta": column.get("config", {}).get("meta", {}), **column}
        said = column_of(column["name"], declared)
        assert said.about.en.strip(), column["name"]
        is_number = column["data_type"] not in ("string", "boolean", "date")
        has_unit = said.unit.en != NO_UNIT or "unit" in declared["meta"]
        assert has_unit or not is_number, column["name"]


# `trim` removes other spaces on each engine, and `round` to some digits gives another number
_OF_ONE_ENGINE = (
    *("::", "qualify", "filter (", "list_", "read_parquet", "arg_max", "arg_min", "unnest("),
    *("varchar", "string_agg", "listagg", "regexp_", " trim({", " trim(c", "getvariable", "rand("),
)


def test_names_follow_the_layers():
    for file in (MODELS / "staging").rglob("*.sql"):
        assert file.stem.startswith("stg_"), file
    for file in (MODELS / "intermediate").rglob("*.sql"):
        assert file.stem.startswith("int_"), file


def test_sql_stays_portable():
    """A second engine runs the project: engine syntax lives in dispatched macros only."""
    for file in [*MODELS.rglob("*.sql"), *(ROOT / "dbt_project" / "tests").rglob("*.sql")]:
        text = "\n".join(line.split("--")[0] for line in file.read_text().lower().splitlines())
        for word in _OF_ONE_ENGINE:
            assert word not in text, f"{file.name}: {word}"
        # a decimal to Spark, whose mean has five digits
        assert not re.search(r"(then|else) [0-9]+[.]0\b", text), file.name
        assert not re.search(r"\bround\([^()]*,", text), file.name


def test_what_has_a_key_is_a_table():
    """What is ephemeral has no rows that the check of keys could look at."""
    nodes = dbt_manifest.described()["nodes"].values()
    keyed = [node for node in nodes if "key" in node["config"].get("meta", {})]
    assert len(keyed) > 50
    assert not [n["name"] for n in keyed if n["config"]["materialized"] == "ephemeral"]
