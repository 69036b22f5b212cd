"""Many sets of effects, trends and weights: as dummies by hand, and as pyfixest."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from linearmodels.iv import IV2SLS

from analytics.errors import SpecificationError
from analytics.estimators import absorbing
from analytics.results import ModelResult
from analytics.specification import parse_specification
from analytics.study import run_specification

SETS = ["province", "year", "sector"]
DUMMIES = "y ~ x + z + C(province) + C(year) + C(sector)"
TRENDS = "y ~ x + z + C(province) + C(year) + C(province):year"


def _panel(provinces: int = 20, years: int = 9) -> pd.DataFrame:
    """An unbalanced panel of provinces in three regions, whose sectors change."""
    random = np.random.default_rng(3)
    data = pd.DataFrame(
        [(f"p{i}", 2000 + t) for i in range(provinces) for t in range(years)],
        columns=["province", "year"],
    )
    number = data["province"].str[1:].astype(int)
    data["region"] = np.select([number < 6, number < 13], ["East", "Middle"], "West")
    data["sector"] = random.integers(0, 5, len(data))
    data["w"] = random.uniform(0.5, 3, len(data))
    data["i"] = random.normal(size=len(data))
    data["x"] = data["i"] + 0.1 * number + 0.05 * (data["year"] - 2000) * number
    data["x"] += random.normal(size=len(data))
    data["z"] = random.normal(size=len(data))
    data["y"] = data["x"] - 0.3 * data["z"] + number + data["sector"]
    data["y"] += 0.1 * (data["year"] - 2000) * number + random.normal(size=len(data))
    return data[random.random(len(data)) < 0.9].reset_index(drop=True)


def _estimate(data: pd.DataFrame, **model: object) -> ModelResult:
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": ["x", "z"],
        **model,
    }
    content = {"panel": {"entity": "province", "time": "year"}, "models": [model]}
    return run_specification(parse_specification(content), data)[0]


def _numbers(result: ModelResult) -> np.ndarray:
    return np.array([(term.estimate, term.std_error) for term in result.terms[:2]])


@pytest.mark.slow
@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize(
    ("vce", "theirs"),
    [
        ({"type": "classical"}, "iid"),
        ({"type": "hc1"}, "hetero"),
        # by all coefficients, for it takes sectors that are in no way nested for nested ones
        ({"type": "cluster", "small_sample": "lsdv"}, {"CRV1": "province"}),
    ],
)
def test_three_sets_are_those_of_pyfixest(vce, theirs, weights):
    from pyfixest import feols, ssc

    data = _panel()
    fit = feols(
        "y ~ x + z | province + year + sector",
        data,
        vcov=theirs,
        weights=weights,
        fixef_tol=1e-12,
        ssc=ssc(k_fixef="full"),
    )
    result = _estimate(data, effects=SETS, vce=vce, weights=weights)
    expected = np.column_stack([fit.coef()[["x", "z"]], fit.se()[["x", "z"]]])
    np.testing.assert_allclose(_numbers(result), expected, rtol=1e-8)
    assert (result.effects, result.nobs) == ("two_way + sector", len(data))


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("kind", ["classical", "hc1", "cluster"])
@pytest.mark.parametrize(
    ("formula", "model"),
    [
        (DUMMIES, {"effects": SETS}),
        (TRENDS, {"effects": "two_way", "trends": "entity"}),
        ("y ~ x + z + C(province) + C(region):C(year)", {"effects": ["province", "region:year"]}),
        ("y ~ x + z", {"effects": None, "estimator": "pooled_ols"}),
    ],
    ids=["sets", "trends", "pairs", "pooled"],
)
def test_they_are_dummies_by_hand(formula, model, kind, weights):
    data = _panel()
    fit = {"classical": {}, "hc1": {"cov_type": "HC1"}}.get(kind)
    if fit is None:
        groups = pd.factorize(data["province"])[0]
        options = {"groups": groups, "use_correction": False}
        fit = {"cov_type": "cluster", "cov_kwds": options}
    by_hand = smf.wls(formula, data, weights=data["w"]) if weights else smf.ols(formula, data)
    expected = by_hand.fit(**fit)
    small_sample = "none" if kind == "cluster" else "stata"
    vce = {"type": kind, "small_sample": small_sample}
    result = _estimate(data, weights=weights, vce=vce, **model)
    found = np.column_stack([expected.params[["x", "z"]], expected.bse[["x", "z"]]])
    np.testing.assert_allclose(_numbers(result), found, rtol=1e-8)
    assert result.statistics.get("r2_lsdv", result.statistics["r2_overall"]) == pytest.approx(
        expected.rsquared, rel=1e-10
    )


@pytest.mark.parametrize(
    "vce",
    [
        {"type": "driscoll_kraay"},
        {"type": "cluster", "by": ["region:year"]},
        {"type": "wild_cluster", "by": ["year"], "replications": 99},
        {"type": "wild_cluster", "by": ["sector"], "replications": 99},
    ],
    ids=lambda vce: "_".join([vce["type"], *vce.get("by", [])]),
)
@pytest.mark.parametrize("weights", [None, "w"])
def test_a_trend_is_a_regressor_of_its_own_for_each_entity(vce, weights):
    data = _panel(provinces=8)
    for name in data["province"].unique()[1:]:
        data[f"t_{name}"] = (data["province"] == name) * (data["year"] - 2000)
    own = [name for name in data if name.startswith("t_")]
    vce = {**vce, "small_sample": "none"}
    model = {"effects": ["province", "year"], "vce": vce, "weights": weights}
    result = _estimate(data, trends="entity", **model)
    by_hand = _estimate(data, regressors=["x", "z", *own], **model)
    np.testing.assert_allclose(_numbers(result), _numbers(by_hand), rtol=1e-8)
    for term, other in zip(result.terms[:2], by_hand.terms[:2], strict=True):
        assert term.p_value == pytest.approx(other.p_value, rel=1e-7)
        if other.ci_low is None:  # nothing on this side is rejected
            assert term.ci_low is None
        else:
            assert term.ci_low == pytest.approx(other.ci_low, rel=1e-7)


def test_a_set_within_another_is_said_and_costs_nothing():
    data = _panel()
    result = _estimate(data, effects=["province", "year", "region:year"], vce={"type": "cluster"})
    alone = _estimate(data, effects=["province", "region:year"], vce={"type": "cluster"})
    np.testing.assert_allclose(_numbers(result), _numbers(alone), rtol=1e-10)
    [said] = result.warnings
    assert said.startswith("the effects of year add nothing to those of region:year")
    assert not alone.warnings


def test_effects_nested_in_clusters_are_not_counted():
    data = _panel()
    plain, stata = (
        _estimate(data, effects=SETS, vce={"type": "cluster", "small_sample": kind})
        for kind in ("none", "stata")
    )
    n, groups, counted = len(data), 20, 2 + 9 + 5 - 1  # slopes, years and sectors
    factor = groups / (groups - 1) * (n - 1) / (n - counted)
    ratio = _numbers(stata)[:, 1] / _numbers(plain)[:, 1]
    np.testing.assert_allclose(ratio, np.sqrt(factor), rtol=1e-10)


def test_rows_alone_in_a_group_of_any_set_are_dropped_or_kept():
    data = _panel()
    # without the row that is alone in its sector, another is alone in its year
    alone = data.iloc[:2].assign(sector=[8, 0], year=2030, province=["p0", "p1"])
    longer = pd.concat([data, alone], ignore_index=True)
    result = _estimate(longer, effects=SETS)
    assert (result.nobs, result.n_singletons) == (len(data), 2)
    np.testing.assert_allclose(_numbers(result), _numbers(_estimate(data, effects=SETS)))
    assert _estimate(longer, effects=SETS, keep_singletons=True).nobs == len(longer)
    lonely = pd.concat([data, data.iloc[:1].assign(sector=8, year=2007)], ignore_index=True)
    lonely = lonely.drop_duplicates(["province", "year"], keep="last")
    assert any("1 row dropped" in w for w in _estimate(lonely, effects=SETS).warnings)


def test_many_groups_are_solved_for_step_by_step(monkeypatch):
    data = _panel()
    model = {"effects": [*SETS, "region:sector"], "weights": "w", "vce": {"type": "cluster"}}
    direct = _estimate(data, **model)
    monkeypatch.setattr(absorbing, "DIRECT", 0)
    np.testing.assert_allclose(_numbers(_estimate(data, **model)), _numbers(direct), rtol=1e-9)


def test_a_weight_counts_a_row_that_often():
    data = _panel().assign(w=lambda d: d["sector"] % 3 + 1)
    often = data.loc[data.index.repeat(data["w"])].reset_index(drop=True)
    often["row"] = often.groupby(["province", "year"]).cumcount()
    often["id"] = often["province"] + "-" + often["row"].astype(str)
    model = {"effects": ["province", "year"], "vce": {"type": "hc0"}}
    slopes = _numbers(_estimate(data, weights="w", **model))[:, 0]
    fit = smf.ols("y ~ x + z + C(province) + C(year)", often).fit()
    np.testing.assert_allclose(slopes, fit.params[["x", "z"]], rtol=1e-9)


@pytest.mark.parametrize("value", [-1.0, 0.0, None])
def test_a_weight_that_is_none_is_refused_with_its_row(value):
    data = _panel()
    data.loc[7, "w"] = value
    shown = "nothing" if value is None else f"{value:g}"
    with pytest.raises(SpecificationError, match=f"`w` holds {shown} in row 8"):
        _estimate(data, weights="w", effects="two_way")
    assert _estimate(data, weights="w", sample="w > 0").nobs == len(data) - 1


@pytest.mark.parametrize("vce", [{"type": "hc0", "small_sample": "none"}, {"type": "cluster"}])
def test_instruments_beside_sets_and_weights(vce):
    data = _panel()
    model = {"estimator": "iv", "endogenous": ["x"], "instruments": ["i"], "regressors": ["z"]}
    clusters = {"clusters": pd.factorize(data["province"])[0]}
    kind = vce["type"]
    dummies = pd.get_dummies(data[SETS].astype(str), drop_first=True, dtype=float)
    exogenous = data[["z"]].join(dummies).assign(const=1.0)
    fit = IV2SLS(data["y"], exogenous, data["x"], data["i"], weights=data["w"]).fit(
        cov_type={"hc0": "robust", "cluster": "clustered"}[kind],
        **(clusters if kind == "cluster" else {}),
    )
    result = _estimate(
        data, **model, effects=SETS, weights="w", vce={**vce, "small_sample": "none"}
    )
    expected = np.column_stack([fit.params[["x", "z"]], fit.std_errors[["x", "z"]]])
    np.testing.assert_allclose(_numbers(result), expected, rtol=1e-8)


def test_parts_of_a_split_keep_their_slopes():
    data = _panel()
    model = {"effects": ["province", "sector"], "trends": "entity", "weights": "w"}
    content = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": ["x", "z"],
        "split_by": "region",
        **model,
    }
    keys = {"entity": "province", "time": "year"}
    specification = parse_specification({"panel": keys, "models": [content]})
    *parts, joint = run_specification(specification, data)
    slopes = {term.term: term.estimate for term in joint.terms}
    for part in parts:
        value = part.model_id[2:-1]
        for term in part.terms[:2]:
            assert slopes[f"{term.term}:region[{value}]"] == pytest.approx(term.estimate, rel=1e-9)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"effects": ["province", 3]}, "`effects` has 3; expected columns"),
        ({"effects": []}, "`effects` is empty"),
        ({"effects": ["sector", "sector"]}, "lists `sector` twice"),
        ({"effects": ["nowhere"]}, "no column `nowhere`"),
        ({"effects": ["region:nowhere"]}, "no column `nowhere`"),
        ({"effects": ["sector"], "trends": "entity"}, "`trends` of entities need their effects"),
        ({"estimator": "pooled_ols", "effects": ["sector"]}, "pooled_ols has no effects"),
        ({"effects": SETS, "tests": ["hausman"]}, "entities and periods alone"),
        ({"effects": "entity", "weights": "w", "tests": ["hausman"]}, "without weights"),
        ({"weights": "region"}, "`region` holds text"),
        ({"weights": "nowhere"}, "no column `nowhere`"),
    ],
)
def test_what_cannot_be_is_said(model, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        _estimate(_panel(), **model)
