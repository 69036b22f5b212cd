"""What dbt is started with."""

import os

import pytest

from orchestration import dbt_command, dbt_manifest
from orchestration.dbt_command import DbtError, invoke
from warehouse.contract.errors import WarehouseError


@pytest.mark.parametrize(("asked", "given"), [("1GiB", "1073741824B"), ("100MB", "100000000B")])
def test_the_models_have_the_memory_that_is_asked_for(monkeypatch, asked, given):
    monkeypatch.setenv(dbt_command.MEMORY, asked)
    assert dbt_command._memory() == given


def test_the_models_have_six_gigabytes_at_most_unless_asked(monkeypatch):
    monkeypatch.delenv(dbt_command.MEMORY, raising=False)
    assert 0 < int(dbt_command._memory().removesuffix("B")) <= 6_000_000_000


def test_a_machine_that_has_less_keeps_what_duckdb_would_take(monkeypatch):
    monkeypatch.setenv(dbt_command.MEMORY, "900TB")
    assert int(dbt_command._memory().removesuffix("B")) < 900e12


def test_what_is_no_amount_of_memory_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv(dbt_command.MEMORY, "lots")
    with pytest.raises(WarehouseError, match="YEARBOOK_MEMORY is lots; write an amount"):
        dbt_command.invoke(["list"], tmp_path / "build.duckdb", tmp_path)
    assert os.environ[dbt_command.MEMORY] == "lots"


@pytest.mark.slow
def test_what_goes_wrong_is_known_though_no_event_is_told(tmp_path):
    from dbt_common.events.types import Note

    manifest = dbt_manifest.without_idle_macros(dbt_manifest.parsed())
    manifest.nodes["model.yearbook.dim_measure"].raw_code = "select 1 as measure"
    asked = ["run", "--select", "dim_measure"]
    [made] = invoke(asked, tmp_path / "build.duckdb", tmp_path, manifest).result.results
    assert made.status == "error" and "enforced contract that failed" in made.message
    with pytest.raises(DbtError, match="No such option '--nonsense'"):
        invoke(["run", "--nonsense"], tmp_path / "build.duckdb", tmp_path)
    assert Note(msg="told again").message() == "told again"
