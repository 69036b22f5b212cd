"""The marts of value chains have the measures that are declared, and the numbers that were measured."""

from pathlib import Path

import duckdb
import pytest
import yaml

from analytics.value_chains.measures import COLUMNS, MEASURES
from orchestration.assets.value_chains import deciding, value_chain_files
from orchestration.value_chains import declared_measures
from warehouse.contract import files
from warehouse.store import build

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MARTS = {
    "country": "idx_value_chain__country_year",
    "industry": "idx_value_chain__country_industry_year",
    "partner": "idx_value_chain__country_partner_year",
    "origin": "idx_value_chain__origin_year",
}
CHAIN = """V1,CHN_G,CHN_S,IND_G,IND_S,MEX_G,MEX_S,CHN_HFCE,IND_HFCE,MEX_HFCE
CHN_G,0,0,60,0,0,0,30,0,10
CHN_S,20,0,0,0,0,0,0,0,0
IND_G,0,0,0,0,50,0,40,60,0
IND_S,0,0,30,0,0,0,0,0,0
MEX_G,0,0,0,0,0,0,40,20,140
MEX_S,0,0,0,0,50,0,0,0,0
"""


@pytest.mark.parametrize(("grain", "mart"), MARTS.items())
def test_the_contract_of_a_mart_is_its_measures(grain, mart):
    content = yaml.safe_load(
        (PROJECT / "models" / "marts" / "_value_chains.yml").read_text("utf-8")
    )
    [model] = [model for model in content["models"] if model["name"] == mart]
    columns = [column["name"] for column in model["columns"]]
    assert [name for name in columns if name in MEASURES] == list(COLUMNS[grain])


def test_what_declares_measures_and_economies_decides_what_is_measured():
    """Otherwise a home would keep what was measured by another table of measures."""
    root = PROJECT.parent
    tables = {*(root / "analytics/value_chains").glob("*.csv")}
    tables |= {*(root / "warehouse/sources/icio").glob("*.csv")}
    assert len(tables) > 2
    assert tables | {PROJECT / "seeds" / "country_codes.csv"} <= {*deciding()}


def test_what_is_damaged_is_measured_again(filled):
    home = filled(
        {
            "icio/2020/2007.csv": CHAIN,
            "icio/2020/_edition.yml": "published_on: 2020-11-15\n",
        }
    )
    [measured] = value_chain_files(home)
    left = {path: path.read_bytes() for path in files.below(home.value_chains)}
    assert len(left) == 3
    for damaged in left:
        damaged.write_bytes(left[damaged][:-9])
        assert value_chain_files(home) == [measured], damaged
        assert {path: path.read_bytes() for path in files.below(home.value_chains)} == left
    (home.value_chains / "left over").write_text("by an older version")
    assert value_chain_files(home, {"2019"}) == value_chain_files(home) == []
    assert set(files.below(home.value_chains)) == set(left)


def test_from_a_landed_table_to_the_marts(filled, build_models, monkeypatch):
    home = filled(
        {
            "icio/2020/2007.csv": CHAIN,
            "icio/2020/_edition.yml": "published_on: 2020-11-15\n",
            "icio/2021/2008.csv": CHAIN.replace("10\n", "12\n"),
            "icio/2021/2008 own.csv": CHAIN.replace("10\n", "11\n"),
            "icio/2021/_edition.yml": "published_on: 2021-11-15\n",
            "icio/2022/2009.csv": CHAIN.replace("\n", "\r\n"),  # the same bytes were a copy
            "icio/2022/_edition.yml": "published_on: 2022-11-15\n"
            "files: {2009.csv: {unit: billion}}\n",
        }
    )
    assert len(value_chain_files(home)) == 4
    monkeypatch.setattr("analytics.value_chains.results.value_chains", None)
    assert value_chain_files(home) == []  # nothing is measured twice: no inverse is taken
    build.begin(home, measures=declared_measures())
    build_models(home, *MARTS.values(), "inter_country_block")
    with duckdb.connect(str(build.path(home)), read_only=True) as database:
        country = database.sql(
            "select area_code, exports, kww_2, iv_unctad, wang_ply, reason "
            "from marts.idx_value_chain__country_year where year = 2007 order by area_code"
        ).fetchall()
        china = database.sql(
            "select bm_davax from marts.idx_value_chain__country_partner_year "
            "where (exporter_code, importer_code, table_edition) = ('100000', 'IND', '2020')"
        ).fetchall()
        origin = database.sql(
            "select value_added from marts.idx_value_chain__origin_year "
            "where (source_code, exporter_code, year) = ('100000', 'IND', 2007)"
        ).fetchall()
        of_one_year = database.sql(
            "select table_edition, exports from marts.idx_value_chain__country_year "
            "where (area_code, year) = ('100000', 2008) order by table_edition"
        ).fetchall()
        in_billions = database.sql(
            "select exports, printed_output, counted_in "
            "from marts.idx_value_chain__country_year join catalog.inter_country_block "
            "using (area_code, year, table_edition) where (area_code, year) = ('100000', 2009)"
        ).fetchall()
    assert country[0] == (
        *("100000", 70, pytest.approx(38), pytest.approx(42), None),
        "no inputs cross a border before its value added does",
    )
    assert [row[:2] for row in country] == [("100000", 70), ("IND", 90), ("MEX", 60)]
    assert china == [(pytest.approx(24),)] and origin == [(pytest.approx(36),)]
    assert in_billions == [(70_000, 120, "billion USD")]
    assert of_one_year == [("2021 2008 own.csv", 71), ("2021 2008.csv", 72)]
