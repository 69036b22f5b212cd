"""Least squares against dummy-variable regressions, and what it must not depend on."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from linearmodels import PanelOLS
from statsmodels.api import OLS
from statsmodels.stats.outliers_influence import variance_inflation_factor

from analytics.errors import SpecificationError
from analytics.results import ModelResult, tidy_models
from analytics.specification import parse_specification
from analytics.study import run_specification

TWO_WAY_DUMMIES = "y ~ x + z + C(firm) + C(year)"


def _panel(seed: int = 0, firms: int = 9, years: int = 8, share: float = 0.8) -> pd.DataFrame:
    """An unbalanced panel whose effects are correlated with the regressors."""
    random = np.random.default_rng(seed)
    data = pd.DataFrame(
        [(f"firm {i}", 2000 + t) for i in range(firms) for t in range(years)],
        columns=["firm", "year"],
    )
    level = data["firm"].str[5:].astype(int) + 0.3 * (data["year"] - 2000)
    data["x"] = 0.2 * level + random.normal(size=len(data))
    data["z"] = random.normal(size=len(data))
    data["y"] = 0.5 * data["x"] - 0.2 * data["z"] + level + random.normal(size=len(data))
    stays = random.random(len(data)) < share
    stays[: 2 * years] = True  # two full firms keep the panel connected
    return data[stays].reset_index(drop=True)


def _estimate(data: pd.DataFrame, **model: object) -> ModelResult:
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": ["x", "z"],
        "effects": "two_way",
        **model,
    }
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    return run_specification(parse_specification(content), data)[0]


def _slopes(result: ModelResult, what: str = "std_error") -> list[float]:
    return [getattr(term, what) for term in result.terms if term.term != "const"]


@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt:RuntimeWarning")
@pytest.mark.parametrize(
    ("vce", "fit"),
    [
        ({"type": "classical"}, {}),
        ({"type": "hc0"}, {"cov_type": "HC0"}),
        ({"type": "hc1"}, {"cov_type": "HC1"}),
        ({"type": "cluster", "small_sample": "lsdv"}, {"by": ["firm"], "use_correction": True}),
        (
            {"type": "cluster", "by": ["year"], "small_sample": "lsdv"},
            {"by": ["year"], "use_correction": True},
        ),
        (
            {"type": "cluster", "by": ["firm", "year"], "small_sample": "none"},
            {"by": ["firm", "year"], "use_correction": False},
        ),
        (
            {"type": "driscoll_kraay", "bandwidth": 2, "small_sample": "none"},
            {"cov_type": "hac-groupsum"},
        ),
    ],
)
def test_unbalanced_two_way_equals_dummy_regression(vce, fit):
    data = _panel(firms=16, years=12).sort_values(["year", "firm"])
    if "by" in fit:
        groups = data[fit["by"]].apply(lambda column: pd.factorize(column)[0]).to_numpy()
        options = {"groups": groups.squeeze(), "use_correction": fit["use_correction"]}
        fit = {"cov_type": "cluster", "cov_kwds": options}
    elif fit.get("cov_type") == "hac-groupsum":
        options = {"time": data["year"].to_numpy(), "maxlags": 2, "use_correction": False}
        fit = {**fit, "cov_kwds": options}
    dummies = smf.ols(TWO_WAY_DUMMIES, data).fit(**fit)
    result = _estimate(data, vce=vce)
    assert not any("eigenvalues" in warning for warning in result.warnings)
    expected = dummies.params[["x", "z"]].to_numpy()
    assert _slopes(result, "estimate") == pytest.approx(expected, abs=1e-11)
    assert _slopes(result) == pytest.approx(dummies.bse[["x", "z"]].to_numpy(), rel=1e-9)
    assert result.statistics["r2_lsdv"] == pytest.approx(dummies.rsquared, abs=1e-11)


def test_a_product_with_a_variable_far_from_0_costs_no_digits_of_errors():
    """Beside z, x times z has a variance inflation factor of 1e8: the error of x was 2e-3 off."""
    data = _panel(firms=12).assign(x=lambda d: d["x"] + 1e4, z=lambda d: d["z"] + 3)
    data = data.assign(moved=data["x"] - 1e4, far=data["x"] * data["z"])
    data["near"] = data["moved"] * data["z"]
    far, near = (
        _estimate(data, regressors=[name, "z", product], vce={"type": "driscoll_kraay"})
        for name, product in (("x", "far"), ("moved", "near"))
    )
    for place in (0, 2):  # the slope of z is another one: where x is 0
        expected = pytest.approx(near.terms[place].std_error, rel=1e-6)
        assert far.terms[place].std_error == expected


def test_driscoll_kraay_has_the_small_sample_factor_of_xtscc():
    data = _panel()
    plain, stata = (
        _estimate(data, effects="entity", vce={"type": "driscoll_kraay", "small_sample": kind})
        for kind in ("none", "stata")
    )
    n, periods = len(data), data["year"].nunique()
    factor = periods / (periods - 1) * (n - 1) / (n - 3)  # two slopes and the constant
    ratio = np.array(_slopes(stata)) / np.array(_slopes(plain))
    assert ratio == pytest.approx(np.sqrt(factor), rel=1e-10)


def test_lags_of_driscoll_kraay_go_over_periods_that_nobody_has():
    data = _panel(years=14)
    gaps = data[~data["year"].isin([2003, 2004, 2008])]
    vce = {"type": "driscoll_kraay", "bandwidth": 2}
    passed, joined, biennial = (
        _estimate(gaps.assign(year=year), effects="entity", vce=vce)
        for year in (
            gaps["year"],
            gaps["year"].rank(method="dense"),
            2 * gaps["year"].rank(method="dense"),
        )
    )
    oracle = PanelOLS(
        gaps.set_index(["firm", "year"])["y"],
        gaps.set_index(["firm", "year"])[["x", "z"]],
        entity_effects=True,
    ).fit(cov_type="kernel", kernel="bartlett", bandwidth=2, debiased=True)
    plain = _estimate(gaps, effects="entity", vce={**vce, "small_sample": "linearmodels"})
    assert _slopes(plain) == pytest.approx(oracle.std_errors.to_numpy(), rel=1e-8)
    assert passed.terms == joined.terms
    [said] = passed.warnings
    assert said.startswith("no row is of 3 of the periods between")
    assert joined.warnings == biennial.warnings == ()


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
def test_groups_without_a_common_period_cost_a_coefficient_less():
    data = _panel(firms=12, share=1)
    early = data["year"] < 2004
    parts = data[early == (data["firm"].str[5:].astype(int) < 6)]
    result = _estimate(parts, vce={"type": "classical"})
    dummies = smf.ols(TWO_WAY_DUMMIES, parts).fit()
    assert _slopes(result) == pytest.approx(dummies.bse[["x", "z"]].to_numpy(), rel=1e-9)


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), exponent=st.integers(-9, 12))
def test_order_names_and_units_do_not_matter(seed, exponent):
    data = _panel(seed, firms=6, years=5)
    vce = {"type": "cluster"}
    result = _estimate(data, vce=vce)

    shuffled = _estimate(data.sample(frac=1, random_state=seed), vce=vce)
    assert shuffled.terms == result.terms  # exactly: a release is the same cell for cell

    renamed = data.assign(firm=data["firm"].map(lambda name: name[::-1]))
    for what in ("estimate", "std_error"):
        expected = pytest.approx(_slopes(result, what), rel=1e-8)
        assert _slopes(_estimate(renamed, vce=vce), what) == expected

    unit = 10.0**exponent
    scaled = _estimate(data.assign(x=data["x"] * unit), vce=vce)
    assert scaled.terms[0].estimate * unit == pytest.approx(result.terms[0].estimate, rel=1e-8)
    assert scaled.terms[0].std_error * unit == pytest.approx(result.terms[0].std_error, rel=1e-8)
    assert scaled.terms[2].estimate == pytest.approx(result.terms[2].estimate, rel=1e-7)


def test_singletons_are_dropped_until_none_is_left_and_named():
    data = _panel(share=1)
    # firm 0 is seen in 2020 and 2021; without firm 1 in 2021, that year has one row, and then
    # firm 0 has one row as well
    chain = data.iloc[:3].assign(firm=["lone a", "lone a", "lone b"], year=[2020, 2021, 2020])
    result = _estimate(pd.concat([data, chain]))
    assert result.entities_dropped == ("lone a", "lone b")
    assert (result.nobs, result.n_singletons) == (len(data), 3)
    assert result.terms == _estimate(data).terms
    assert any("period 2021 dropped" in warning for warning in result.warnings)
    assert _estimate(pd.concat([data, chain]), effects="none").nobs == len(data) + 3


def test_lags_follow_the_calendar_and_come_before_the_sample():
    data = _panel(share=1)
    gap = data[~((data["firm"] == "firm 3") & (data["year"] == 2004))]
    result = _estimate(gap, regressors=["L1.x", "z"], sample="year >= 2004")
    # eight firms with four years; firm 3 has three, and no lag in 2005
    assert result.nobs == 8 * 4 + 2
    assert result.n_dropped_missing == 1
    dates = gap.assign(year=pd.to_datetime(gap["year"].astype(str)))
    assert _estimate(dates, regressors=["L1.x", "z"], sample="year >= 2004").terms == result.terms


def test_a_variable_times_itself_is_its_square():
    data = _panel()
    data["town"] = np.where(data["firm"] < "firm 4", "a", "b")
    data["square"] = data["x"] ** 2
    data["square_a"], data["square_b"] = (data["square"] * (data["town"] == t) for t in "ab")
    for spelled, columns in (
        (["x", "x:x", "z:x:x"], ["x", "square", "z:square"]),
        (["x", "x:x:town"], ["x", "square_a", "square_b"]),
        (["x", "x:x", "x:town:x"], ["x", "square", "square_b"]),
    ):
        cut = {"limits": [0, 1]}
        squared = _estimate(data, regressors=spelled, winsorise=cut)
        expected = _estimate(data, regressors=columns)
        assert _slopes(squared, "estimate") == pytest.approx(_slopes(expected, "estimate"))
        assert _slopes(squared) == pytest.approx(_slopes(expected))


def test_codes_of_categories_are_not_cut_as_numbers_are():
    drawn = np.random.default_rng(3)
    data = pd.DataFrame({"firm": np.repeat(range(40), 5), "x": drawn.normal(size=200)})
    data["code"] = np.where(data["firm"] == 0, 1, 20 + data["firm"] % 3)
    data["y"] = data["x"] + (data["code"] == 1) + drawn.normal(size=200)
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "categorical": ["code"]}
    model |= {"regressors": ["x", "code"], "winsorise": {"limits": [0.05, 0.95]}}
    content = {"panel": {"entity": "firm"}, "models": [model]}
    coded, named = (
        run_specification(parse_specification(content), data.assign(code=code))[0]
        for code in (data["code"], data["code"].map("code {:02}".format))
    )
    assert [t.estimate for t in coded.terms] == [t.estimate for t in named.terms]
    assert coded.terms[1].term == "code[20]"


def test_winsorising_comes_after_the_sample():
    data = _panel()
    data.loc[data.index[-1], "y"] = 1e6
    kept = data[data["year"] >= 2002].copy()
    kept["y"] = kept["y"].clip(*np.quantile(kept["y"], [0.05, 0.95]))
    winsorise = {"limits": [0.05, 0.95], "columns": ["y"]}
    result = _estimate(data, sample="year >= 2002", winsorise=winsorise)
    assert _slopes(result, "estimate") == pytest.approx(_slopes(_estimate(kept), "estimate"))


def test_interactions_of_numbers_and_of_groups():
    data = _panel()
    data["group"] = np.where(data["year"] % 2 == 0, "even", "odd")
    data["odd"] = (data["group"] == "odd").astype(float)
    named = _estimate(data, regressors=["x", "z", "x:group"])
    assert [term.term for term in named.terms] == ["x", "z", "x:group[odd]", "const"]
    assert _slopes(named, "estimate") == pytest.approx(
        _slopes(_estimate(data, regressors=["x", "z", "x:odd"]), "estimate")
    )


@pytest.mark.parametrize(
    ("change", "model", "sentence"),
    [
        ({"w": 1.0}, {"regressors": ["x", "w"]}, "`w` has the single value 1"),
        ({"w": "x + 2 * z"}, {"regressors": ["x", "z", "w"]}, "collinear with `x`, `z`"),
        ({"w": "by firm"}, {"regressors": ["x", "w"]}, "`w` is absorbed by the two_way effects"),
        ({"y": 4.0}, {}, "the outcome has the single value 4"),
        ({"y": "by firm"}, {}, "the outcome does not vary beyond its two_way effects"),
        ({"g": "one"}, {"vce": {"type": "cluster", "by": ["g"]}}, "two clusters or more"),
        ({}, {"sample": "year == 2000", "effects": "two_way"}, "every group needs two rows"),
        ({}, {"sample": "firm == 'firm 0' and year < 2003", "effects": "none"}, "3 rows are too"),
        ({}, {"vce": {"type": "driscoll_kraay", "bandwidth": 8}}, "it is 7 at most"),
        (
            {},
            {
                "sample": "year == 2003",
                "effects": "none",
                "vce": {"type": "driscoll_kraay", "bandwidth": 0},
            },
            "two periods or more",
        ),
    ],
)
def test_what_cannot_be_estimated_is_said(change, model, sentence):
    data = _panel()
    formulas = {"x + 2 * z": data["x"] + 2 * data["z"], "by firm": data["firm"].str[5:].astype(int)}
    data = data.assign(**{name: formulas.get(value, value) for name, value in change.items()})
    with pytest.raises(SpecificationError, match=f"model `m`: .*{sentence}"):
        _estimate(data, **model)


def test_two_way_clusters_that_leave_no_covariance_are_repaired_and_said():
    vce = {"type": "cluster", "by": ["firm", "year"]}
    result = _estimate(_panel(seed=2), vce=vce)
    assert any("negative eigenvalues" in warning for warning in result.warnings)
    assert all(error > 0 for error in _slopes(result))
    assert result.terms[-1].std_error is None  # of the constant, whose variance is negative


def test_few_clusters_are_warned_about():
    result = _estimate(_panel(), vce={"type": "cluster"})
    assert result.warnings == ("9 clusters are too few to trust the errors: 10 or more are wanted",)


@pytest.mark.parametrize("kind", ["classical", "hc1", "cluster"])
@pytest.mark.parametrize("effects", ["none", "two_way"])
def test_the_f_of_the_model_is_that_all_slopes_are_0(effects, kind):
    data = _panel(firms=16, years=6)
    result = _estimate(data, effects=effects, vce={"type": kind, "small_sample": "lsdv"})
    fit = {"classical": {}, "hc1": {"cov_type": "HC1", "use_t": True}}.get(kind)
    if fit is None:
        groups = pd.factorize(data["firm"])[0]
        fit = {"cov_type": "cluster", "cov_kwds": {"groups": groups}, "use_t": True}
    formula = TWO_WAY_DUMMIES if effects == "two_way" else "y ~ x + z"
    expected = smf.ols(formula, data).fit(**fit).f_test("x = 0, z = 0")
    statistics = result.statistics
    assert statistics["model_f"] == pytest.approx(float(expected.fvalue), rel=1e-8)
    assert statistics["model_p"] == pytest.approx(float(expected.pvalue), rel=1e-6)
    degrees = (statistics["model_df"], statistics["model_df_denom"])
    assert degrees == (2, expected.df_denom)


def test_the_f_of_the_model_is_null_with_fewer_clusters_than_slopes():
    data = _panel(share=1).assign(half=lambda d: d["firm"] < "firm 4")
    result = _estimate(data, effects="none", vce={"type": "cluster", "by": ["half"]})
    assert "model_f" not in result.statistics
    assert any("the F of the model does not exist" in warning for warning in result.warnings)
    assert tidy_models("s", [result])["f_statistic"].isna().all()


def test_variance_inflation_factors_are_those_of_statsmodels():
    data = _panel()
    data["w"] = data["x"] + 0.3 * data["z"]
    data["w"] += np.random.default_rng(1).normal(size=len(data)) / 5
    regressors = ["x", "z", "w"]
    result = _estimate(data, regressors=regressors)
    with_constant = data[regressors].assign(const=1.0).to_numpy()
    dummies = pd.get_dummies(data[["firm", "year"]].astype(str), drop_first=True, dtype=float)
    for place, term in enumerate(result.terms[:3]):
        expected = variance_inflation_factor(with_constant, place)
        assert term.vif == pytest.approx(expected, rel=1e-9)
        # net of the effects: the part of it that dummies do not explain either
        others = data[regressors].drop(columns=term.term).join(dummies).assign(const=1.0)
        effects = dummies.assign(const=1.0)
        left = [OLS(data[term.term], design).fit().ssr for design in (effects, others)]
        assert term.vif_within == pytest.approx(left[0] / left[1], rel=1e-9)
    assert result.terms[-1].vif is None
    assert result.statistics["vif_max"] == max(term.vif for term in result.terms[:3])
