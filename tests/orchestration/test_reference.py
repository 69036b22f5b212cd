"""The reference pages name every command with its options, and every table with its columns."""

import re

import pytest
import typer

from docs import reference
from orchestration.assets.dbt import MANIFEST
from orchestration.cli import app
from orchestration.language import Language, speak


@pytest.fixture(autouse=True)
def _in_english():
    yield
    speak(Language.en)


@pytest.mark.parametrize("language", Language)
def test_every_command_and_its_options(language, monkeypatch):
    monkeypatch.setenv("YEARBOOK_LANG", language)
    page = reference.commands(language)
    for name, command in typer.main.get_command(app).commands.items():
        [part] = re.findall(rf"^## `yearbook {name}`\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.M)
        assert all(
            option in part for each in command.params for option in each.opts[:1] if "--" in option
        )
    assert ("只读查询当前发布版本" in page) == (language == "zh")


@pytest.mark.parametrize("language", Language)
def test_every_table_and_its_columns(language):
    page = "\n".join(reference.tables(language, "dbt.html"))
    for node in MANIFEST["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] in ("catalog", "marts", "results"):
            [part] = re.findall(
                rf"^## {node['schema']}\.{node['name']}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.M
            )
            assert all(f"| `{column}` |" in part for column in node["columns"])
