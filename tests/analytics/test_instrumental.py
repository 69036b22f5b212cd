"""Instrumental variables: textbook numbers, dummies, and inference under weak instruments."""

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS
from scipy import stats

from analytics.errors import SpecificationError
from analytics.estimators.covariance import prepare_errors
from analytics.estimators.inference import wald
from analytics.estimators.instrumental import Variables, reduced_form
from analytics.estimators.within import Within
from analytics.results import ModelResult
from analytics.sections import Vce
from analytics.specification import parse_specification
from analytics.study import run_specification


def _panel(seed: int = 0, strength: float = 0.6, firms: int = 15, years: int = 8) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(firms * years), years)
    data = pd.DataFrame({"firm": firm, "year": year})
    data[["z1", "z2", "z3", "w"]] = random.normal(size=(len(data), 4))
    hidden = random.normal(size=len(data))
    data["x"] = strength * (data["z1"] + 0.5 * data["z2"]) + hidden + firm / 4
    data["x2"] = data["z3"] + data["w"] + hidden + random.normal(size=len(data))
    data["y"] = data["x"] + 0.5 * data["w"] + 2 * hidden + year + random.normal(size=len(data))
    return data[random.random(len(data)) < 0.9].reset_index(drop=True)


def _estimate(data: pd.DataFrame, keys: dict | None = None, **model: object) -> ModelResult:
    model = {
        "id": "m",
        "estimator": "iv",
        "outcome": "y",
        "endogenous": ["x"],
        "instruments": ["z1", "z2"],
        "regressors": ["w"],
        **model,
    }
    keys = {"entity": "firm", "time": "year"} if keys is None else keys
    return run_specification(parse_specification({"panel": keys, "models": [model]}), data)[0]


def test_return_to_schooling_of_the_textbook():
    # Wooldridge, Introductory Econometrics, example 15.1: educ 0.059 (0.035), const 0.441 (0.446)
    from linearmodels.datasets import mroz

    data = mroz.load()
    data = data[data["inlf"] == 1].assign(lwage=lambda d: np.log(d["wage"]))
    roles = {"outcome": "lwage", "endogenous": ["educ"], "instruments": ["fatheduc"]}
    result = _estimate(data, {}, **roles, regressors=[])
    educ, constant = result.terms
    assert [educ.term, constant.term, result.nobs] == ["educ", "const", 428]
    assert (round(educ.estimate, 3), round(educ.std_error, 3)) == (0.059, 0.035)
    assert (round(constant.estimate, 3), round(constant.std_error, 3)) == (0.441, 0.446)
    # the first stage of the book: t statistic of fatheduc 9.43
    assert result.statistics["first_stage[educ]_f"] == pytest.approx(9.43**2, rel=2e-3)


@pytest.mark.parametrize("kind", ["classical", "hc0", "cluster"])
@pytest.mark.parametrize("effects", ["none", "entity", "two_way"])
def test_effects_are_as_good_as_dummies(kind, effects):
    data = _panel()
    result = _estimate(data, effects=effects, vce={"type": kind, "small_sample": "none"})
    codes = {"none": [], "entity": ["firm"], "two_way": ["firm", "year"]}[effects]
    dummies = [pd.get_dummies(data[c], prefix=c, drop_first=True, dtype=float) for c in codes]
    exogenous = pd.concat([data[["w"]].assign(const=1.0), *dummies], axis=1)
    options = {"clusters": data["firm"]} if kind == "cluster" else {}
    name = {"classical": "unadjusted", "hc0": "robust", "cluster": "clustered"}[kind]
    expected = IV2SLS(data["y"], exogenous, data[["x"]], data[["z1", "z2"]]).fit(
        cov_type=name, debiased=False, **options
    )
    for term in result.terms[:2]:
        assert term.estimate == pytest.approx(expected.params[term.term], rel=1e-9)
        assert term.std_error == pytest.approx(expected.std_errors[term.term], rel=1e-9)
    rank = expected.first_stage.kleibergen_paap
    assert result.statistics["kleibergen_paap_lm"] == pytest.approx(rank.stat, rel=1e-8)
    assert result.statistics["kleibergen_paap_p"] == pytest.approx(rank.pval, rel=1e-6)
    if kind == "classical":
        assert result.statistics["sargan"] == pytest.approx(expected.sargan.stat, rel=1e-8)


@pytest.mark.parametrize("vce", [{}, {"type": "hc1"}, {"type": "cluster"}])
@pytest.mark.parametrize("effects", ["none", "two_way"])
def test_kleibergen_paap_of_one_regressor_is_its_first_stage_f(vce, effects):
    statistics = _estimate(_panel(), effects=effects, vce=vce).statistics
    assert statistics["kleibergen_paap_f"] == pytest.approx(
        statistics["first_stage[x]_f"], rel=1e-9
    )


def test_as_many_instruments_as_endogenous_regressors_give_the_indirect_estimate():
    data = _panel()
    result = _estimate(data, regressors=[], instruments=["z1"])
    expected = np.cov(data["z1"], data["y"])[0, 1] / np.cov(data["z1"], data["x"])[0, 1]
    assert result.terms[0].estimate == pytest.approx(expected)
    assert "sargan" not in result.statistics


def _ar_statistic(
    data: pd.DataFrame, null: float, instruments: list[str], effects: str, vce: dict
) -> tuple[float, float]:
    """The test by its definition: do the instruments explain y - null x? Statistic and p."""
    model = {
        "id": "m",
        "estimator": "fixed_effects" if effects != "none" else "pooled_ols",
        "outcome": "left",
        "regressors": [*instruments, "w"],
        "effects": effects,
        "vce": vce,
        "tests": [{"joint": instruments}],
    }
    keys = {"entity": "firm", "time": "year"}
    specification = parse_specification({"panel": keys, "models": [model]})
    left = data.assign(left=data["y"] - null * data["x"])
    [test] = run_specification(specification, left)[0].tests
    return test["statistic"], test["p_value"]


@pytest.mark.slow
@pytest.mark.parametrize("instruments", [["z1"], ["z1", "z2"], ["z1", "z2", "z3"]])
@pytest.mark.parametrize("vce", [{}, {"type": "hc1"}, {"type": "cluster"}])
@pytest.mark.parametrize(("effects", "strength"), [("two_way", 0.6), ("none", 0.15)])
def test_anderson_rubin_set_is_what_a_grid_of_tests_does_not_reject(
    instruments, vce, effects, strength
):
    data = _panel(2, strength)
    result = _estimate(data, instruments=instruments, effects=effects, vce=vce)
    test = next(test for test in result.tests if test["test"] == "anderson_rubin")
    statistic, p_value = _ar_statistic(data, 0.0, instruments, effects, vce)
    assert test["statistic"] == pytest.approx(statistic, rel=1e-8)
    assert test["p_value"] == pytest.approx(p_value, rel=1e-6)
    for null in np.concatenate([np.linspace(-6, 8, 12), [-1e4, 1e4]]):
        _, p_value = _ar_statistic(data, null, instruments, effects, vce)
        if abs(p_value - 0.05) < 1e-6:
            continue
        inside = any(
            (low is None or low <= null) and (high is None or null <= high)
            for low, high in test["set"]
        )
        assert inside == (p_value > 0.05), null
    for bound in (b for ends in test["set"] for b in ends if b is not None):
        _, p_value = _ar_statistic(data, bound, instruments, effects, vce)
        assert p_value == pytest.approx(0.05, abs=1e-6)


def test_the_first_stage_has_the_errors_of_its_own_equation_alone():
    """Two-way clusters leave negative eigenvalues in the covariance of both equations together."""
    data, vce = _panel(3, firms=6, years=5), {"type": "cluster", "by": ["firm", "year"]}
    result = _estimate(data, effects="entity", vce=vce)
    model = {"id": "m", "estimator": "fixed_effects", "outcome": "x", "vce": vce}
    model |= {"regressors": ["z1", "z2", "w"], "tests": [{"joint": ["z1", "z2"]}]}
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    [stage] = run_specification(parse_specification(content), data)
    for what in ("f", "df", "p"):
        expected = pytest.approx(stage.statistics[f"joint[z1, z2]_{what}"], rel=1e-9)
        assert result.statistics[f"first_stage[x]_{what}"] == expected
    assert any("Anderson-Rubin" in warning for warning in result.warnings)
    other = _estimate(data.assign(y=data["y"] * 1e6), effects="entity", vce=vce)
    expected = pytest.approx(result.statistics["anderson_rubin_f"], rel=1e-9)
    assert other.statistics["anderson_rubin_f"] == expected
    again = _estimate(_panel(2, firms=6, years=5), effects="entity", vce=vce)
    assert any("of the first stage of `x` had negative" in warning for warning in again.warnings)


def test_a_weak_instrument_is_said_and_its_set_has_no_end():
    result = _estimate(_panel(strength=0.0), instruments=["z1"])
    assert any("the instruments are weak" in warning for warning in result.warnings)
    assert any("-∞" in warning for warning in result.warnings)
    assert "anderson_rubin_ci_low" not in result.statistics


@pytest.mark.slow
def test_anderson_rubin_keeps_its_size_where_instruments_are_weak():
    size, rejected = 300, 0
    for seed in range(size):
        data = _panel(seed, strength=0.05, firms=12, years=5)
        entity, time = data["firm"].to_numpy(), data["year"].to_numpy()
        within = Within(entity, time, "entity")
        y, x, w, z1, z2 = (
            within.residuals(data[[name]].to_numpy()) for name in ("y", "x", "w", "z1", "z2")
        )
        variables = Variables(y[:, 0], x, w, np.column_stack([z1, z2]))
        none = np.empty((len(data), 0), dtype=int)
        errors = prepare_errors(Vce(), 3, entity, time, none, within)
        reduced = reduced_form(variables, errors)
        truth = wald(*reduced.at(np.ones(1)), reduced.df)
        rejected += truth["p_value"] < 0.05
    low, high = stats.binom(size, 0.05).interval(0.999)
    assert low <= rejected <= high


def test_two_endogenous_regressors_have_a_joint_test_and_no_set():
    result = _estimate(_panel(), endogenous=["x", "x2"], instruments=["z1", "z2", "z3"])
    test = next(test for test in result.tests if test["test"] == "anderson_rubin")
    assert (test["df_num"], test["terms"]) == (3, ["x", "x2"])
    assert "set" not in test
    assert [term.term for term in result.terms] == ["x", "x2", "w", "const"]
    assert result.statistics["kleibergen_paap_df"] == 2


def test_hansen_j_is_that_of_two_step_gmm():
    from linearmodels.iv import IVGMM

    data = _panel()
    result = _estimate(data, vce={"type": "hc0"})
    exogenous = data[["w"]].assign(const=1.0)
    expected = IVGMM(data["y"], exogenous, data[["x"]], data[["z1", "z2"]]).fit()
    assert result.statistics["hansen_j"] == pytest.approx(expected.j_stat.stat, rel=1e-6)
    assert result.statistics["hansen_df"] == 1


@pytest.mark.parametrize(("clusters", "exists"), [(3, False), (8, True)])
def test_fewer_clusters_than_moments_leave_no_j_and_no_set(clusters, exists):
    """With any of them J was 22 on 2 degrees, where it cannot be more than the clusters are."""
    data = _panel().assign(region=lambda d: d["firm"] % clusters)
    vce = {"type": "cluster", "by": ["region"]}
    result = _estimate(data, instruments=["z1", "z2", "z3"], vce=vce)
    assert ("hansen_j" in result.statistics) == exists
    assert any("set" in test for test in result.tests) == exists
    said = "; ".join(result.warnings)
    assert ("Hansen's J does not exist: the covariance of its 4 moments has" in said) != exists
    assert ("the Anderson-Rubin test is of 2 of 3 instruments" in said) != exists
    assert result.terms[0].std_error is not None


@pytest.mark.parametrize("unit", [1e-8, 1e9])
def test_units_do_not_matter(unit):
    data = _panel()
    result = _estimate(data, effects="two_way")
    scaled = _estimate(data.assign(x=data["x"] * unit, z1=data["z1"] / unit), effects="two_way")
    assert scaled.terms[0].estimate * unit == pytest.approx(result.terms[0].estimate, rel=1e-8)
    for name in ("kleibergen_paap_f", "sargan"):
        assert scaled.statistics[name] == pytest.approx(result.statistics[name], rel=1e-7)
    assert scaled.statistics["anderson_rubin_ci_low"] * unit == pytest.approx(
        result.statistics["anderson_rubin_ci_low"], rel=1e-7
    )


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"endogenous": ["x", "x2"], "instruments": ["z1"]}, "as many instruments or more"),
        (
            {"endogenous": ["firm"], "categorical": ["firm"]},
            "14 endogenous regressors need as many instruments or more, and there are 2",
        ),
        ({"instruments": ["w"]}, "`w` is listed twice"),
        ({"instruments": ["z1", "both"]}, "instrument `both` is perfectly collinear with"),
        ({"instruments": ["one"]}, "instrument `one` has the single value 1"),
        ({"vce": {"type": "driscoll_kraay"}}, "driscoll_kraay errors are not for the estimator iv"),
        ({"regressors": ["firm"], "effects": "entity"}, "`firm` is absorbed"),
    ],
)
def test_what_cannot_be_estimated_is_said(model, sentence):
    data = _panel().assign(both=lambda d: d["z1"] + d["w"], one=1.0)
    with pytest.raises(SpecificationError, match=f"model `m`: .*{sentence}"):
        _estimate(data, **model)
