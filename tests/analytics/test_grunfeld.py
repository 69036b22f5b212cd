"""Published estimates of Grunfeld's investment equation, to the last digit that is printed.

The numbers agree across R plm 2.6, linearmodels 7.1, statsmodels 0.15 and pyfixest 0.60.
"""

from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from analytics.results import ModelResult
from analytics.specification import parse_specification
from analytics.study import run_specification

REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references"
CLUSTERED = {
    ("entity", "stata"): 0.01519449,
    ("entity", "lsdv"): 0.01555394,
    ("entity", "linearmodels"): 0.01445094,
    ("entity", "none"): 0.01434214,
    ("two_way", "stata"): 0.01082443,
    ("two_way", "lsdv"): 0.01110892,
    ("two_way", "linearmodels"): 0.01056529,
    ("two_way", "none"): 0.00971202,
}


@pytest.fixture(params=["reference file", "statsmodels"], scope="module")
def grunfeld(request: pytest.FixtureRequest) -> pd.DataFrame:
    if request.param == "statsmodels":
        from statsmodels.datasets import grunfeld as source

        data = source.load_pandas().data.rename(columns={"invest": "inv"})
        return data[data["firm"] != "American Steel"]  # the ten firms of the published estimates
    path = REFERENCES / "panel" / "grunfeld.csv"
    if not path.exists():
        pytest.skip(f"the reference data are not beside the repository: {path}")
    return pd.read_csv(path)


def _estimate(data: pd.DataFrame, effects: str, **vce: object) -> ModelResult:
    model = {
        "id": "investment",
        "estimator": "fixed_effects",
        "outcome": "inv",
        "regressors": ["value", "capital"],
        "effects": effects,
        "vce": vce,
    }
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    return run_specification(parse_specification(content), data)[0]


@pytest.mark.parametrize(
    ("effects", "coefficients", "errors", "statistics"),
    [
        ("none", [0.11556216, 0.23067849], [0.00583571, 0.0254758], {"r2_overall": 0.812408}),
        (
            "entity",
            [0.11012380, 0.31006534],
            [0.01185669, 0.01735450],
            {"r2_within": 0.7667576, "r2_lsdv": 0.9440725},
        ),
        ("two_way", [0.11771586, 0.35791627], [0.01375128, 0.02271901], {"r2_lsdv": 0.9516934}),
    ],
)
def test_classical_estimates(grunfeld, effects, coefficients, errors, statistics):
    result = _estimate(grunfeld, effects, type="classical")
    slopes = result.terms[:2]
    assert [term.term for term in result.terms] == ["value", "capital", "const"]
    assert [term.estimate for term in slopes] == pytest.approx(coefficients, abs=1e-7)
    assert [term.std_error for term in slopes] == pytest.approx(errors, abs=1e-7)
    found = {name: result.statistics[name] for name in statistics}
    assert found == pytest.approx(statistics, abs=1e-6 if effects == "none" else 1e-7)
    assert (result.nobs, result.n_entities, result.n_periods) == (200, 10, 20)


@pytest.mark.parametrize(("effects", "small_sample"), CLUSTERED)
def test_clustered_errors_follow_the_convention_asked_for(grunfeld, effects, small_sample):
    result = _estimate(grunfeld, effects, type="cluster", by=["firm"], small_sample=small_sample)
    value = result.terms[0]
    assert value.std_error == pytest.approx(CLUSTERED[effects, small_sample], abs=1e-7)
    residual_df = 200 - {"entity": 12, "two_way": 31}[effects]
    reference = {
        "stata": stats.t(9),
        "lsdv": stats.t(9),
        "linearmodels": stats.t(residual_df),
        "none": stats.norm(),
    }[small_sample]
    assert value.p_value == pytest.approx(2 * reference.sf(value.statistic), rel=1e-10)
    half_width = reference.ppf(0.975) * value.std_error
    assert value.ci_high - value.estimate == pytest.approx(half_width, rel=1e-10)


def test_constant_is_the_one_that_stata_reports(grunfeld):
    constant = _estimate(grunfeld, "entity", type="classical").terms[-1]
    # xtreg inv value capital, fe: _cons -58.74394 (12.45369)
    assert constant.estimate == pytest.approx(-58.74394, abs=1e-5)
    assert constant.std_error == pytest.approx(12.45369, abs=1e-5)
