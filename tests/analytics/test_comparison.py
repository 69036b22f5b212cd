"""Our estimates beside the published ones, and the seed that restates those."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from analytics.comparison import (
    PUBLISHED_COMPARISON,
    SIGN_COMPARISON,
    published_comparison,
    sign_comparison,
)
from analytics.results import ESTIMATES, STATISTICS, typed
from analytics.specification import Study, load_study, parse_specification, study_files

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "dbt_project" / "seeds" / "published_estimates.csv"
PUBLISHED_CSV = ROOT.parent / "shared" / "domain" / "paper_a_published_results.csv"
KEY = ["study", "table_number", "column_number", "term"]


def _published(**given: object) -> pd.DataFrame:
    row = {
        "study": "s",
        "table_number": 3,
        "column_number": 1,
        "model_id": "m",
        "term": "x",
        "published_estimate": 0.5,
        "published_std_error": 0.1,
    }
    return pd.DataFrame([row | given])


def _estimates(*rows: dict[str, object]) -> pd.DataFrame:
    base = {"study": "s", "model_id": "m", "equation": "main", "term": "x"}
    return typed([base | row for row in rows], ESTIMATES)


@pytest.mark.parametrize(
    ("published", "ours", "same_sign", "verdict"),
    [
        ({}, {"estimate": 0.4, "std_error": 0.1}, True, "same sign and within two joint errors"),
        ({}, {"estimate": 0.78, "std_error": 0.1}, True, "same sign and within two joint errors"),
        ({}, {"estimate": 0.79, "std_error": 0.1}, True, "same sign"),
        ({}, {"estimate": 0.5, "std_error": None}, True, "same sign"),
        ({"published_std_error": None}, {"estimate": 0.5, "std_error": 0.1}, True, "same sign"),
        ({}, {"estimate": -0.01, "std_error": 9.0}, False, "opposite sign"),
        ({"published_estimate": -0.5}, {"estimate": 0.1, "std_error": 0.1}, False, "opposite sign"),
        (
            {"published_estimate": 0.0},
            {"estimate": -0.1, "std_error": 0.1},
            True,
            "same sign and within two joint errors",
        ),
        ({}, {"estimate": None}, None, "not estimated here"),
        ({"term": "z"}, {"estimate": 0.4, "std_error": 0.1}, None, "not estimated here"),
        ({"study": "t"}, {"estimate": 0.4, "std_error": 0.1}, None, "not estimated here"),
        (
            {"equation": "total"},
            {"equation": "total", "estimate": 0.4, "std_error": 0.1},
            True,
            "same sign and within two joint errors",
        ),
        ({"equation": None}, {"equation": "total", "estimate": 1.0}, None, "not estimated here"),
    ],
)
def test_verdicts(published, ours, same_sign, verdict):
    table = published_comparison(_published(**published), _estimates(ours))
    assert {name: str(kind) for name, kind in table.dtypes.items()} == PUBLISHED_COMPARISON
    (row,) = table.to_dict("records")
    assert row["verdict"] == verdict
    assert (None if pd.isna(row["same_sign"]) else row["same_sign"]) == same_sign
    assert row["published_estimate"] == published.get("published_estimate", 0.5)
    missing = verdict == "not estimated here"
    assert pd.isna(row["our_estimate"]) if missing else row["our_estimate"] == ours["estimate"]


def test_a_published_threshold_is_compared_with_the_statistic():
    statistics = typed([{"study": "s", "model_id": "m", "name": "gamma", "value": 1.2}], STATISTICS)
    table = published_comparison(
        _published(term="gamma", published_std_error=None),
        _estimates({"estimate": 9.0}),
        statistics,
    )
    (row,) = table.to_dict("records")
    assert (row["our_estimate"], row["verdict"]) == (1.2, "same sign")


def test_without_estimates_every_published_row_is_kept():
    table = published_comparison(pd.read_csv(SEED), typed([], ESTIMATES))
    assert set(table["verdict"]) == {"not estimated here"}
    assert table["our_estimate"].isna().all()
    assert len(table) == len(pd.read_csv(SEED))


def test_estimates_that_are_not_unique_are_an_error():
    with pytest.raises(pd.errors.MergeError):
        published_comparison(_published(), _estimates({"estimate": 1.0}, {"estimate": 2.0}))


def test_seed_is_unique_by_the_key_of_the_table_and_by_what_it_is_matched_by():
    seed = pd.read_csv(SEED)
    assert not seed.duplicated(KEY).any()
    assert not seed.duplicated(["model_id", "equation", "term", "table_number"]).any()
    assert (
        seed.notna().drop(columns=["published_std_error", "published_stars", "note"]).all(axis=None)
    )
    known = {"dige", "market", "open", "fin", "urban", "edu", "str", "const", "L1.expy"}
    known |= {"dige[regime 1]", "dige[regime 2]", "single_f_statistic", "double_f_statistic"}
    assert set(seed["term"]) == known | {"single_estimate_1", "double_estimate_2"}


def test_seed_names_models_of_the_study():
    (study,) = (
        study
        for study in map(load_study, study_files())
        if study.study == "digital_trade_export_sophistication"
    )
    tables = {model.id: model.table_number for model in study.models}
    seed = pd.read_csv(SEED)
    for row in seed.itertuples(index=False):
        assert tables[row.model_id.partition("[")[0]] == row.table_number


def test_seed_has_every_published_number():
    if not PUBLISHED_CSV.exists():
        pytest.skip(f"the published estimates are not beside the repository: {PUBLISHED_CSV}")
    column = {"single": "1", "double": "2"}
    term = {"L.Expy": "L1.expy", "CONS": "const"}
    term |= {"Dige*I(STR<=0.951)": "dige[regime 1]", "Dige*I(STR>0.951)": "dige[regime 2]"}
    with PUBLISHED_CSV.open(encoding="utf-8-sig") as source:
        published = {
            (
                row["table"],
                column.get(row["column"], row["column"]),
                f"{row['column']}_f_statistic"
                if row["term"] == "F"
                else term.get(row["term"], row["term"].lower()),
                row["coef"],
                row["se"],
                row["stars"],
                row["n"],
            )
            for row in csv.DictReader(source)
        }
    with SEED.open(encoding="utf-8") as seed:
        restated = {
            (
                row["table_number"],
                row["column_number"],
                row["term"],
                row["published_estimate"],
                row["published_std_error"],
                row["published_stars"],
                row["published_nobs"],
            )
            for row in csv.DictReader(seed)
            if "_estimate_" not in row["term"]
        }
    assert restated == published


@pytest.mark.parametrize(
    ("sign", "estimate", "p_value", "verdict"),
    [
        ("+", 0.4, 0.01, "as expected"),
        ("-", -0.4, 0.05, "as expected, not significant"),
        ("-", 0.4, 0.01, "opposite"),
        ("+", -0.4, None, "opposite, not significant"),
        ("+", None, None, "not estimated here"),
    ],
)
def test_verdict_on_an_expected_sign(sign, estimate, p_value, verdict):
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x", "z"]}
    content = {"study": "s", "title": "t", "models": [model], "expected_signs": {"x": sign}}
    ours = [] if estimate is None else [{"estimate": estimate, "p_value": p_value}]
    table = sign_comparison(parse_specification(content, Study), _estimates(*ours))
    assert list(table.columns) == list(SIGN_COMPARISON)
    [row] = table.to_dict("records")
    assert (row["term"], row["expected_sign"], row["verdict"]) == ("x", sign, verdict)
