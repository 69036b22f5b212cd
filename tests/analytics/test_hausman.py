"""Tests beside the estimates: Hausman's, and joint ones."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from analytics.estimators.hausman import _random_effects
from analytics.results import ModelResult
from analytics.specification import parse_specification
from analytics.study import run_specification


def _grunfeld() -> pd.DataFrame:
    from statsmodels.datasets import grunfeld

    data = grunfeld.load_pandas().data.rename(columns={"invest": "inv"})
    return data[data["firm"] != "American Steel"]


def _estimate(data: pd.DataFrame, **model: object) -> ModelResult:
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "inv",
        "regressors": ["value", "capital"],
        **model,
    }
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    return run_specification(parse_specification(content), data)[0]


def test_hausman_is_the_one_that_plm_and_stata_print():
    # phtest(inv ~ value + capital, data = Grunfeld): chisq = 2.3304, df = 2, p-value = 0.3119
    result = _estimate(_grunfeld(), tests=["hausman"])
    test, _ = result.tests
    assert test["statistic"] == pytest.approx(2.3304, abs=5e-5)
    assert (test["df"], round(test["p_value"], 4)) == (2, 0.3119)
    assert result.statistics["hausman_chi2"] == test["statistic"]


@pytest.mark.parametrize("effects", ["entity", "two_way"])
def test_random_effects_are_generalised_least_squares(effects):
    random = np.random.default_rng(3)
    entity, time = np.divmod(np.arange(60), 6)
    stays = random.random(60) < 0.8
    entity, time = entity[stays], time[stays]
    x = random.normal(size=(len(entity), 2)) + entity[:, None] / 5
    y = x[:, 0] + random.normal(size=10)[entity] + random.normal(size=len(entity))
    noise = 0.7
    found = _random_effects(y, x, entity, time, effects, noise)

    constant = np.ones((len(y), 1))
    if effects == "two_way":
        constant = pd.get_dummies(time).to_numpy(dtype=float)
    design = np.hstack([x, constant])
    means = pd.DataFrame(np.column_stack([y, design])).groupby(entity).mean().to_numpy()
    params, *_ = np.linalg.lstsq(means[:, 1:], means[:, 0])
    between = ((means[:, 0] - means[:, 1:] @ params) ** 2).sum()
    between /= len(means) - np.linalg.matrix_rank(means[:, 1:])
    counts = np.bincount(entity)
    effect = max(0, between - noise * (1 / counts).mean())
    omega = noise * np.eye(len(y)) + effect * (entity[:, None] == entity)
    inverse = np.linalg.inv(omega)
    bread = np.linalg.inv(design.T @ inverse @ design)
    expected = bread @ (design.T @ inverse @ y)
    np.testing.assert_allclose(found.slopes, expected[:2], rtol=1e-9)
    ratio = found.covariance / bread[:2, :2]
    np.testing.assert_allclose(ratio, found.variance / noise, rtol=1e-9)


def test_robust_form_is_added_where_errors_are_not_classical():
    names = [t["test"] for t in _estimate(_grunfeld(), tests=["hausman"]).tests]
    clustered = _estimate(_grunfeld(), tests=["hausman"], vce={"type": "cluster"})
    assert names == ["hausman", "hausman_sigmamore"]
    assert [t["test"] for t in clustered.tests] == [*names, "hausman_robust"]
    assert clustered.tests[2]["df"] == 2


@pytest.mark.slow
def test_hausman_rejects_when_effects_are_correlated_and_keeps_its_size_when_not():
    random = np.random.default_rng(0)
    rejected = {0.0: 0, 2.0: 0}
    size = 100
    for slope in rejected:
        for _ in range(size):
            firm, year = np.divmod(np.arange(31 * 6), 6)
            effect = random.normal(size=31)[firm]
            x = random.normal(size=len(firm)) + slope * effect
            y = x + effect + random.normal(size=len(firm))
            data = pd.DataFrame({"firm": firm, "year": year, "x": x, "y": y})
            result = _estimate(data, outcome="y", regressors=["x"], tests=["hausman"])
            rejected[slope] += result.statistics["hausman_sigmamore_p"] < 0.05
    assert rejected[2.0] == size
    low, high = stats.binom(size, 0.05).interval(0.999)
    assert low <= rejected[0.0] <= high


def test_too_few_entities_cost_the_test_and_not_the_estimates():
    data = _grunfeld()
    few = data[data["firm"].isin(data["firm"].unique()[:3])]
    result = _estimate(few, tests=["hausman"])
    assert result.tests == ()
    assert result.nobs == 60
    assert any("hausman test needs more entities" in warning for warning in result.warnings)


@pytest.mark.parametrize("kind", ["classical", "cluster"])
def test_joint_test_is_that_of_the_dummy_regression(kind):
    data = _grunfeld()
    vce = {"type": kind, "small_sample": "lsdv"}
    result = _estimate(data, effects="two_way", vce=vce, tests=[{"joint": ["value", "capital"]}])
    fit = {}
    if kind == "cluster":
        groups = pd.factorize(data["firm"])[0]
        fit = {"cov_type": "cluster", "cov_kwds": {"groups": groups}, "use_t": True}
    dummies = smf.ols("inv ~ value + capital + C(firm) + C(year)", data).fit(**fit)
    expected = dummies.f_test("value = 0, capital = 0")
    [test] = result.tests
    assert test["statistic"] == pytest.approx(float(expected.fvalue), rel=1e-8)
    assert (test["df_num"], test["df_denom"]) == (2, int(expected.df_denom))
    assert test["p_value"] == pytest.approx(float(expected.pvalue), rel=1e-6)
    assert result.statistics["joint[value, capital]_f"] == test["statistic"]


@pytest.mark.parametrize("unit", [1e-12, 1e15])
def test_units_do_not_matter_to_a_test_of_several(unit):
    wanted = {"tests": ["hausman", {"joint": ["value", "capital"]}], "vce": {"type": "cluster"}}
    data = _grunfeld()
    result = _estimate(data, **wanted)
    scaled = _estimate(data.assign(capital=data["capital"] * unit), **wanted)
    for test, other in zip(result.tests, scaled.tests, strict=True):
        assert other["statistic"] == pytest.approx(test["statistic"], rel=1e-7)


def test_joint_test_without_degrees_of_freedom_is_chi_squared():
    vce = {"type": "cluster", "small_sample": "none"}
    test = _estimate(_grunfeld(), vce=vce, tests=[{"joint": ["value"]}]).tests[0]
    assert "df_denom" not in test
    assert test["p_value"] == pytest.approx(stats.chi2(1).sf(test["statistic"]))
