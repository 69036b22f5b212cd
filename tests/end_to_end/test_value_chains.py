"""`yearbook value-chains`, as somebody without a warehouse uses it, on published tables."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analytics.paper_tables import Style
from analytics.value_chains.reports import measures_markdown
from analytics.value_chains.results import value_chains
from orchestration.language import Language
from orchestration.translations import in_chinese
from orchestration.value_chains import named_table, names_of_measures
from warehouse.sources.icio.matrix import matrices

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
REFERENCES = SHARED / "references" / "value_chain"
NAMES = {
    **{f"kww_{term}": f"t{term}" for term in range(1, 10)},
    "dva_direct": "exgr_ddc",
    "dva_indirect": "exgr_idc",
    "dva_reimported": "exgr_rim",
    "dva_content": "exgr_dva",
    "fva_content": "exgr_fva",
    "iv_unctad": "iv_unctad_dvx",
    "iv_kpww": "iv_kpww2010",
    "iv_kww3": "iv_kww2014_t3",
    **{
        f"{of}_{ours}": f"{of}_{theirs}"
        for of in ("position", "participation")
        for ours, theirs in (("unctad", "unctad_dvx"), ("kpww", "kpww2010"), ("kww3", "kww2014_t3"))
    },
    **{f"bm_{of}": f"bm_{of}_source" for of in ("dva", "fva", "ddc", "fdc", "ref")},
    "bm_world_dva": "bm_dva_world_sink",
    "bm_world_fva": "bm_fva_world_sink",
    "ict_services_content_domestic": "ict_domestic",
    "ict_services_content_foreign": "ict_foreign",
    "ict_services_exports_direct": "ict_direct_exports",
}


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the references are not beside the project (../shared)")
    return SHARED


def _measured(yearbook, file: Path, out: Path, *options: str) -> pd.DataFrame:
    done = yearbook("value-chains", str(file), "--out", str(out), *options)
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(out / "country_year.parquet").set_index("area_code")


@pytest.mark.parametrize("year", [2000, 2007])
def test_the_world_input_output_tables(yearbook, shared, tmp_path, year):
    file = shared / "landing_world" / "icio" / "2013-11" / f"{year}_WIOD.zip"
    found = _measured(yearbook, file, tmp_path, "--group", "EU2=DEU+FRA")
    expected = pd.read_csv(REFERENCES / f"wiod_{year}_country.csv", index_col="country")
    found = found.rename(columns={ours: theirs for ours, theirs in NAMES.items() if ours in found})
    assert (found["year"] == year).all()
    for name in expected:
        assert found.loc[expected.index, name].to_list() == pytest.approx(
            expected[name].to_list(), rel=2e-9, abs=2e-9
        ), name
    partner = pd.read_csv(tmp_path / "country_partner_year.csv")
    between = partner.query("exporter_code in ('DEU', 'FRA') and importer_code in ('DEU', 'FRA')")
    alone = expected.loc[["DEU", "FRA"], "exports"].sum() - between["exports"].sum()
    assert found.loc["EU2", "exports"] == pytest.approx(alone)
    assert found.loc["EU2", "exgr_dva"] > expected.loc[["DEU", "FRA"], "exgr_dva"].sum() * 0.9


@pytest.mark.parametrize("name", ["2016", "2018", "2021", "2023", "2023-extended", "2025"])
def test_the_editions_of_the_oecd(shared, name):
    [file] = (REFERENCES / "layouts" / name).iterdir()
    values = yaml.safe_load((REFERENCES / "layouts" / "expected.yml").read_text(encoding="utf-8"))
    expected = values["extended" if name == "2023-extended" else "regular"]
    [matrix] = matrices(file.name, file.read_bytes())
    named = named_table(matrix, {})
    found = value_chains(named.table).country_frame().set_index("area_code")
    assert named.year == 2007
    for country, of_country in found.iterrows():
        terms = [of_country[f"kww_{term}"] for term in range(1, 10)]
        values = expected[country]
        assert terms == pytest.approx(values["kww"], rel=1e-10)
        assert of_country["wang_position"] == pytest.approx(values["wang2017"]["position"])
        assert of_country["bm_fva"] == pytest.approx(values["borin_mancini"]["fva_source"])


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (
            "V1,A_x,A_HFCE\nA_x,1,b\n",
            [],
            "own.csv has in C2 (A_x → A_HFCE) no number: it holds `b`",
        ),
        ("V1,A_x,A_HFCE\nA_x,1,2\n", ["--group", "G=A+B"], "own.csv: group G: `B` is no economy"),
        ("V1,A_x,A_HFCE\nA_x,1,2\n", ["--industries", "S=y"], "own.csv: `y` of S is no industry"),
        ("V1,A_x,A_HFCE\nA_x,1,2\n", ["--separator", "."], "own.csv has in B1 an industry `A_x`"),
    ],
)
def test_what_cannot_be_measured_is_a_sentence(yearbook, tmp_path, content, options, sentence):
    file = tmp_path / "own.csv"
    file.write_text(content)
    done = yearbook("value-chains", str(file), "--out", str(tmp_path / "out"), *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr and done.stderr.count("\n") == 1


def test_a_table_in_thousands_and_groups_that_are_named_twice(yearbook, tmp_path):
    file = tmp_path / "2007.csv"
    file.write_text("V1,A_x,B_x,A_HFCE,B_HFCE\nA_x,1,2,3,4000\nB_x,5,6,7,8\n")
    found = _measured(yearbook, file, tmp_path / "out", "--unit", "thousand")
    assert found["exports"].to_dict() == pytest.approx({"A": 4.002, "B": 0.012})
    assert found.loc["A", "dva_share"] < 1
    twice = yearbook(
        "value-chains", str(file), "--out", str(tmp_path), "--group", "G=A+B", "--group", "G=A"
    )
    assert twice.returncode == 2 and "G is given twice" in twice.stderr


def test_what_the_measures_are_is_written_in_the_language_that_is_asked_for(yearbook, tmp_path):
    file = tmp_path / "2007.csv"
    file.write_text("V1,A_x,B_x,A_HFCE,B_HFCE\nA_x,1,2,3,40\nB_x,5,6,7,8\n")
    options = ("--out", str(tmp_path), "--industries", "own=x", "--tables", str(tmp_path))
    done = yearbook("--lang", "zh", "value-chains", str(file), *options)
    assert done.returncode == 0, done.stderr
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| `dva_share` | 出口国内增加值率 | 比率 | dva_content / exports |" in readme
    assert [
        line for line in readme.splitlines() if not re.search("[一-龥]|^$|---|^## ", line)
    ] == []
    printed = (tmp_path / "country_2007.md").read_text(encoding="utf-8")
    assert "价值链测度，2007.csv" in printed and "出口国内增加值率 [比率]" in printed


def test_neither_dagster_nor_dbt_is_imported(tmp_path, shared):
    [file] = (REFERENCES / "layouts" / "2023").iterdir()
    code = (
        "import sys; from orchestration.cli import app; "
        f"app(['value-chains', {str(file)!r}, '--out', {str(tmp_path)!r}], standalone_mode=False); "
        "print([name for name in ('dagster', 'dbt', 'duckdb') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


def test_the_document_has_every_measure_as_it_is_declared():
    document = (ROOT / "docs" / "value_chains.md").read_text(encoding="utf-8")
    assert measures_markdown(Style()) in document


def test_the_document_in_chinese_has_every_measure_as_it_is_declared():
    document = (ROOT / "docs" / "zh" / "value_chains.md").read_text(encoding="utf-8")
    style = Style(say=in_chinese, labels=names_of_measures(Language.zh))
    assert measures_markdown(style) in document
