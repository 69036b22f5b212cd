"""The build file: raw tables for every source, and results that keep their types."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

from warehouse.contract import trade_rows
from warehouse.contract.cells import SCHEMA
from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
from warehouse.sources import sources
from warehouse.store import build


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "it's a home")
    edition = home.landing / "nbs_portal" / "2018-06"
    edition.mkdir(parents=True)
    (edition / "_edition.yml").write_text("published_on: 2018-06-30\n")
    (edition / "gdp.csv").write_text(
        "数据库：分省年度数据\n指标：地区生产总值(亿元)\n地区,2017年\n北京市,1\n天津市,2\n",
        encoding="utf-8",
    )
    (edition / "empty.csv").write_text("")
    snapshots.take(home, landing.scan(home.landing))
    raw.read(home)
    build.begin(home)
    return home


def test_the_cells_are_those_of_taken_files_and_every_source_is_described(home):
    tables = build.tables(home)
    of_value_chains = {"raw.value_chains", "raw.inter_country_tables", "raw.measures"}
    of_trade = {"raw.trade_rows", "raw.trade_files"}
    beside = {*of_trade, *of_value_chains, "raw.judgement_indicator_aliases"}
    assert set(tables) == {"raw.files", "raw.cells", "raw.sources", *beside}
    names = build.read_table(home, "raw.judgement_indicator_aliases")
    assert set(names["origin"]) == {"project"}
    assert {"gdp", "地区生产总值"} <= set(names["label_key"])
    assert list(tables["raw.cells"].columns) == SCHEMA.names
    assert list(tables["raw.trade_rows"].columns) == trade_rows.SCHEMA.names
    described = build.read_table(home, "raw.sources").set_index("source_id")
    assert list(described.index) == list(sources())
    assert described.loc["io_tables", "authority"] == 1
    files = build.read_table(home, "raw.files")
    assert dict(zip(files["file_name"], files["role"], strict=True)) == {
        "empty.csv": "rejected",
        "gdp.csv": "taken",
    }
    cells = build.read_table(home, "raw.cells")
    assert cells.loc[cells["role"] == "value", "text"].tolist() == ["1", "2"]


def test_a_build_begins_anew(home):
    build.keep_failing_rows(home, "old_test", build.rows(home, "select 1 as one"))
    build.write_results(home, {"models": pd.DataFrame({"study": ["old"]})})
    build.begin(home)
    assert "results.models" not in build.tables(home)
    assert not list(home.build.rglob("*.csv"))


def test_results_keep_their_types_when_every_value_is_missing(home):
    frame = pd.DataFrame({"study": ["a", "b"], "r2": [None, None], "warnings": [None, None]})
    frame = frame.astype({"study": "string", "r2": "Float64", "warnings": "string"})
    made = build.write_results(home, {"models": frame})
    types = {"study": "VARCHAR", "r2": "DOUBLE", "warnings": "VARCHAR"}
    assert made == build.tables(home, "results") == {"results.models": build.Table(2, types)}
    assert pq.read_table(home.results / "b" / "models.parquet")["study"].to_pylist() == ["b"]


def test_failing_rows_are_kept(home):
    rows = build.rows(home, "select 2013 as year, null as value")
    file = build.keep_failing_rows(home, "claim", rows)
    assert (len(rows), file.read_text()) == (1, "year,value\n2013,\n")
