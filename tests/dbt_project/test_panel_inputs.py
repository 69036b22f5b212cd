"""The panel has a column for each variant, and each number of it says what it is computed from."""

import csv
from pathlib import Path

import pytest
import yaml

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


def seed(name: str) -> list[dict]:
    with (DBT_PROJECT / f"seeds/{name}.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("universe", "index_column"), [("province", "dige"), ("country", "digital_trade")]
)
def test_every_number_of_the_panel_names_its_inputs_and_every_variant_is_there(
    universe: str, index_column: str
):
    def of_universe(name: str) -> list[dict]:
        return [row for row in seed(name) if row["universe"] in ("", universe)]

    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())
    variants = project["vars"]["expy_variants"]

    panels = yaml.safe_load((DBT_PROJECT / "models/marts/_panel.yml").read_text())["models"]
    [panel] = [each for each in panels if each["name"] == f"panel__{universe}_year"]
    numbers = {each["name"] for each in panel["columns"] if each["data_type"] == "double"}
    assert numbers == {
        *(row["column_name"] for row in of_universe("panel_inputs")),
        *(
            f"expy_{variant}"
            for variant, its in variants.items()
            if its.get("universe", universe) == universe
        ),
        *(
            row["panel_column"] or f"{index_column}_{row['variant']}"
            for row in of_universe("index_variants")
        ),
    }


def test_the_index_members_are_the_indicators_whose_role_is_the_index():
    indicators = {row["indicator_id"]: row for row in seed("indicators")}
    for member in (row for row in seed("index_members") if row["universe"] == "province"):
        indicator = indicators.pop(member["indicator_id"])
        assert {**indicator, **member} == indicator | {
            "universe": "province",
            "position": member["position"],
        }
        assert indicator["study_role"] == "index"
    assert all(row["study_role"] != "index" for row in indicators.values())


def test_a_variant_leaves_out_members_of_the_index_or_national_constants():
    known = {row["indicator_id"] for row in seed("index_members")} | {"national"}
    excluded = [row["excludes"].split() for row in seed("index_variants")]
    assert {word for words in excluded for word in words} <= known
    assert any(excluded)
