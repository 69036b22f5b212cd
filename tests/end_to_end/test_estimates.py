"""`yearbook estimate` and `yearbook audit`, as somebody without a warehouse uses them."""

import json
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCES = ROOT.parent / "shared" / "references"
DYNAMIC = """
panel: {entity: firm, time: year}
models:
  - id: system
    estimator: dynamic_panel
    outcome: n
    lags: 2
    regressors: [w, k]
    gmm_instruments: [{variable: n, lags: [2, 4]}, {variable: w, lags: [1, 3]}]
    iv_instruments: [k]
    transformation: system
    steps: two
    collapse: false
"""
FIXED = """
panel: {entity: firm, time: year}
models:
  - id: firms
    estimator: fixed_effects
    outcome: inv
    regressors: [value]
    effects: entity
    vce: {type: cluster, by: [firm]}
"""


@pytest.fixture
def references() -> Path:
    if not REFERENCES.is_dir():
        pytest.skip("the references are not beside the project (../shared/references)")
    return REFERENCES


def test_system_gmm_as_xtabond2_prints_it(yearbook, references, tmp_path):
    specification = tmp_path / "spec.yml"
    specification.write_text(DYNAMIC)
    panel = references / "dynamic_panel" / "abdata.csv"
    done = yearbook(
        "estimate", str(specification), "--panel", str(panel), "--out", str(tmp_path / "out")
    )
    assert done.returncode == 0, done.stderr
    [model] = json.loads((tmp_path / "out" / "results.json").read_text())["models"]
    terms = {term["term"]: term for term in model["terms"]}
    assert terms["L1.n"]["estimate"] == pytest.approx(0.9453810, abs=1e-6)
    assert terms["L1.n"]["std_error"] == pytest.approx(0.1429764, abs=1e-6)
    assert model["statistics"]["hansen_j"] == pytest.approx(96.442, abs=1e-3)
    assert model["statistics"]["n_instruments"] == 51
    estimates = pd.read_parquet(tmp_path / "out" / "estimates.parquet")
    assert list(estimates["term"]) == ["L1.n", "L2.n", "w", "k", "const"]
    assert "L1.n" in (tmp_path / "out" / "results.md").read_text()


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".dta"])
def test_any_file_of_a_panel(yearbook, suffix, tmp_path):
    panel = pd.DataFrame(
        {
            "firm": [firm for firm in range(12) for _ in range(4)],
            "year": [year for _ in range(12) for year in range(2001, 2005)],
            "value": [float((7 * row) % 11) for row in range(48)],
            "inv": [float((5 * row) % 13) for row in range(48)],
        }
    )
    file = tmp_path / f"panel{suffix}"
    {
        ".csv": lambda: panel.to_csv(file, index=False),
        ".parquet": lambda: panel.to_parquet(file, index=False),
        ".dta": lambda: panel.to_stata(file, write_index=False),
    }[suffix]()
    specification = tmp_path / "spec.yml"
    specification.write_text(FIXED)
    out = tmp_path / "out"
    done = yearbook("estimate", str(specification), "--panel", str(file), "--out", str(out))
    assert done.returncode == 0, done.stderr
    [model] = json.loads((out / "results.json").read_text())["models"]
    assert (model["nobs"], model["n_entities"], model["n_periods"]) == (48, 12, 4)
    demeaned = panel - panel.groupby("firm")[["value", "inv"]].transform("mean")
    slope = (demeaned["value"] * demeaned["inv"]).sum() / (demeaned["value"] ** 2).sum()
    assert model["terms"][0]["estimate"] == pytest.approx(slope)


def test_a_wrong_specification_is_one_sentence(yearbook, tmp_path):
    (tmp_path / "panel.csv").write_text("firm,year,inv,value\n1,2001,1,2\n1,2002,2,1\n")
    (tmp_path / "spec.yml").write_text(FIXED.replace("value", "valeu"))
    done = yearbook(
        "estimate",
        str(tmp_path / "spec.yml"),
        "--panel",
        str(tmp_path / "panel.csv"),
        "--out",
        str(tmp_path / "out"),
    )
    assert done.returncode == 1
    assert "`valeu`" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_audit_finds_what_cannot_be(yearbook):
    file = ROOT / "tests" / "analytics" / "data" / "paper_a_audit.yml"
    done = yearbook("audit", str(file), "--format", "json")
    assert done.returncode == 0, done.stderr
    checks = {finding["check"] for finding in json.loads(done.stdout)["findings"]}
    assert {"stars", "observations", "winsorising", "same_model", "fitted_mean"} <= checks


def test_every_table_of_the_study_is_in_the_release(demonstration):
    study = "digital_trade_export_sophistication"
    for number in range(2, 9):
        assert demonstration.value(f"select count(*) from results.{study}__table_{number}") > 0
    assert demonstration.rows(
        f"select distinct model_id, nobs from results.models where study = '{study}' "
        "and table_number = 4 and estimator = 'fixed_effects' and model_id <> 'region' order by all"
    ) == [
        ("region[Central]", 66),
        ("region[Eastern]", 110),
        ("region[Northeast]", 33),
        ("region[Western]", 132),
    ]
    slopes = [
        demonstration.value(
            "select estimate from results.estimates where model_id = $1 and term = 'dige'",
            f"region[{region}]",
        )
        for region in ("Eastern", "Central", "Western", "Northeast")
    ]
    assert slopes == sorted(slopes, reverse=True)
    assert slopes[-1] > 0
    total, direct, indirect = (
        demonstration.value(
            f"select value from results.statistics where study = '{study}' "
            "and model_id = 'mediation_structure' and name = $1",
            name,
        )
        for name in ("total_effect", "direct_effect", "indirect_effect")
    )
    assert total == pytest.approx(direct + indirect, rel=1e-12)
    assert (
        demonstration.value(
            "select count(*) from results.published_comparison where our_nobs is not null"
        )
        > 40
    )
    assert demonstration.value("select count(*) from results.specification_curve") > 4000
