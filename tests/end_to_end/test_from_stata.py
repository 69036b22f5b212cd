"""The page for those who come from Stata: its commands run, and give the numbers of the release."""

import json

import pytest


def test_the_page_gives_the_estimates_of_the_study(demonstration, walk, tmp_path):
    walk("from-stata.md", tmp_path, home=demonstration.home)
    found = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    models = {model["model_id"]: model for model in found["models"]}
    for ours, of_study in (
        ("pooled", "baseline_pooled"),
        ("two_way", "baseline_two_way_controls"),
        ("lagged", "robust_lagged"),
    ):
        [first] = demonstration.rows(
            "select estimate, std_error from results.estimates where model_id = $1 and term in ('dige', 'L1.dige')",
            of_study,
        )
        term = models[ours]["terms"][0]
        assert (term["estimate"], term["std_error"]) == pytest.approx(first, rel=1e-9)
    assert models["gmm"]["nobs"] == 310
    table = (tmp_path / "tables" / "spec.tex").read_text(encoding="utf-8")
    assert (
        "Digital trade &" in table and f"{models['two_way']['terms'][0]['estimate']:.4f}" in table
    )
    assert "固定效应" in table
    study = "digital_trade_export_sophistication__table_3"
    assert (tmp_path / "tables" / f"{study}.docx").stat().st_size > 0
