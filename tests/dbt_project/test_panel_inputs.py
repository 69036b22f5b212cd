"""The list of what the panel is computed from keeps up with the panel."""

import csv
from pathlib import Path

import yaml

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


def test_every_number_of_the_panel_names_its_inputs():
    panel = yaml.safe_load((DBT_PROJECT / "models/marts/_panel.yml").read_text())["models"][0]
    numbers = {each["name"] for each in panel["columns"] if each["data_type"] == "double"}
    with (DBT_PROJECT / "seeds/panel_inputs.csv").open() as file:
        assert {row["column_name"] for row in csv.DictReader(file)} == numbers
