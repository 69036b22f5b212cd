"""Our estimates beside the published ones, and the study that restates those."""

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from analytics.comparison import published_comparison, published_estimates, sign_comparison
from analytics.errors import SpecificationError
from analytics.specification import STUDIES, Study, load_study, parse_specification
from analytics.tables import ESTIMATES, PUBLISHED_COMPARISON, SIGN_COMPARISON, STATISTICS

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED_CSV = ROOT.parent / "shared" / "domain" / "paper_a_published_results.csv"
PAPER = load_study(STUDIES / "digital_trade_export_sophistication.yml")


def restated() -> pd.DataFrame:
    return published_estimates(PAPER)


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
    return ESTIMATES.frame([base | row for row in rows])


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
    assert dict(table.dtypes.astype(str)) == PUBLISHED_COMPARISON.types
    (row,) = table.to_dict("records")
    assert row["verdict"] == verdict
    assert (None if pd.isna(row["same_sign"]) else row["same_sign"]) == same_sign
    assert row["published_estimate"] == published.get("published_estimate", 0.5)
    missing = verdict == "not estimated here"
    assert pd.isna(row["our_estimate"]) if missing else row["our_estimate"] == ours["estimate"]


def test_a_published_threshold_is_compared_with_the_statistic():
    statistics = STATISTICS.frame([{"study": "s", "model_id": "m", "name": "gamma", "value": 1.2}])
    table = published_comparison(
        _published(term="gamma", published_std_error=None),
        _estimates({"estimate": 9.0}),
        statistics,
    )
    (row,) = table.to_dict("records")
    assert (row["our_estimate"], row["verdict"]) == (1.2, "same sign")


def test_without_estimates_every_published_row_is_kept():
    table = published_comparison(restated(), ESTIMATES.frame([]))
    assert set(table["verdict"]) == {"not estimated here"}
    assert table["our_estimate"].isna().all()
    assert len(table) == len(restated())


def test_estimates_that_are_not_unique_are_an_error():
    with pytest.raises(pd.errors.MergeError):
        published_comparison(_published(), _estimates({"estimate": 1.0}, {"estimate": 2.0}))


def test_published_estimates_are_those_of_known_terms():
    known = {"dige", "market", "open", "fin", "urban", "edu", "str", "const", "L1.expy"}
    known |= {"dige[regime 1]", "dige[regime 2]", "single_f_statistic", "double_f_statistic"}
    assert set(restated()["term"]) == known | {"single_estimate_1", "double_estimate_2"}
    assert restated().drop(columns="published_std_error").notna().all(axis=None)


def test_published_estimates_stand_in_the_table_of_their_model():
    tables = {model.id: model.table_number for model in PAPER.models}
    for equation in PAPER.published:
        assert tables[equation.model_id.partition("[")[0]] == equation.table_number


def test_the_study_has_every_published_number():
    if not PUBLISHED_CSV.exists():
        pytest.skip(f"the published estimates are not beside the repository: {PUBLISHED_CSV}")
    column = {"single": "1", "double": "2"}
    term = {"L.Expy": "L1.expy", "CONS": "const"}
    term |= {"Dige*I(STR<=0.951)": "dige[regime 1]", "Dige*I(STR>0.951)": "dige[regime 2]"}
    with PUBLISHED_CSV.open(encoding="utf-8-sig") as source:
        published = {
            (
                int(row["table"]),
                int(column.get(row["column"], row["column"])),
                f"{row['column']}_f_statistic"
                if row["term"] == "F"
                else term.get(row["term"], row["term"].lower()),
                float(row["coef"]),
                float(row["se"]) if row["se"] else None,
                row["stars"],
                int(row["n"]),
            )
            for row in csv.DictReader(source)
        }
    assert published == {
        (
            equation.table_number,
            equation.column_number,
            name,
            printed.estimate,
            printed.std_error,
            printed.stars,
            equation.nobs,
        )
        for equation in PAPER.published
        for name, printed in equation.terms.items()
        if "_estimate_" not in name
    }


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ([{"model_id": "n"}], "published: no model has the id `n`"),
        ([{}, {}], "published: table 1, column 1 has `x` 2 times"),
    ],
)
def test_published_estimates_that_fit_no_table_are_refused(published, told):
    base = {"table_number": 1, "column_number": 1, "model_id": "m", "terms": {"x": {"estimate": 1}}}
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x"]}
    content = {"study": "s", "title": "t", "models": [model]}
    with pytest.raises(SpecificationError, match=re.escape(told)):
        parse_specification(content | {"published": [base | more for more in published]}, Study)


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
    assert list(table.columns) == list(SIGN_COMPARISON.columns)
    [row] = table.to_dict("records")
    assert (row["term"], row["expected_sign"], row["verdict"]) == ("x", sign, verdict)
