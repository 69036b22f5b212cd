"""The wild cluster bootstrap against one that refits every replication, and its size."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.estimators.wild_bootstrap import draw_weights, wild_cluster_bootstrap
from analytics.estimators.within import Within
from analytics.results import ModelResult
from analytics.sections import Vce
from analytics.specification import parse_specification
from analytics.study import run_specification

ENUMERATED = Vce(type="wild_cluster", replications=999)


def _data(seed: int = 0, clusters: int = 7, years: int = 5) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    entity, time = np.divmod(np.arange(clusters * years), years)
    stays = random.random(len(entity)) < 0.85
    entity, time = entity[stays], time[stays]
    x = random.normal(size=(len(entity), 2))
    y = 0.4 * x[:, 0] + 0.2 * time + random.normal(size=clusters)[entity]
    y = y + random.normal(size=len(entity)) * (1 + entity % 3)
    return {"y": y, "x": x, "entity": entity, "time": time}


def _refitted(data: dict[str, np.ndarray], effects: str, null: float) -> float:
    """The p value of the first slope, by a regression on dummies for each sign pattern."""
    codes = {"none": [], "entity": ["entity"], "two_way": ["entity", "time"]}[effects]
    dummies = [pd.get_dummies(data[code]).to_numpy(dtype=float) for code in codes]
    constant = np.ones((len(data["y"]), 1))
    others = np.hstack([data["x"][:, 1:], constant, *dummies])
    x = np.hstack([data["x"][:, :1], others])
    clusters = data["entity"]
    bread = np.linalg.pinv(x.T @ x)

    def statistic(y: np.ndarray, null: float) -> float:
        params = bread @ (x.T @ y)
        scores = x * (y - x @ params)[:, None]
        sums = np.array([scores[clusters == c].sum(axis=0) for c in np.unique(clusters)])
        return (params[0] - null) / np.sqrt((bread @ (sums.T @ sums) @ bread)[0, 0])

    shifted = data["y"] - null * x[:, 0]
    fitted = others @ np.linalg.lstsq(others, shifted, rcond=None)[0]
    observed = abs(statistic(data["y"], null))
    codes, groups = np.unique(clusters, return_inverse=True)
    drawn = [
        statistic(fitted + np.array(signs)[groups] * (shifted - fitted) + null * x[:, 0], null)
        for signs in itertools.product([1.0, -1.0], repeat=len(codes))
    ]
    return float(np.mean(np.abs(drawn) >= observed * (1 - 1e-9)))


@pytest.mark.parametrize("effects", ["none", "entity", "two_way"])
def test_products_give_what_refitting_every_replication_gives(effects):
    data = _data()
    x = data["x"]
    if effects == "none":
        x = np.column_stack([x, np.ones(len(x))])
    [test, *_], draws = wild_cluster_bootstrap(
        data["y"],
        x,
        Within(data["entity"], data["time"], effects),
        data["entity"],
        ENUMERATED,
    )
    assert draws == 2**7
    assert test.p_value == pytest.approx(_refitted(data, effects, 0.0), abs=1e-12)
    assert test.ci_low < test.ci_high
    for bound, outside in ((test.ci_low, -1), (test.ci_high, 1)):
        assert _refitted(data, effects, bound + outside * 1e-6) <= 0.05
        assert _refitted(data, effects, bound - outside * 1e-6) > 0.05


def test_weights_have_mean_0_and_variance_1():
    for kind in ("rademacher", "webb"):
        weights = draw_weights(50, Vce(type="wild_cluster", weights=kind, replications=4000))
        assert weights.shape == (4000, 50)
        assert weights.mean() == pytest.approx(0, abs=0.01)
        assert (weights**2).mean() == pytest.approx(1, abs=0.01)
        assert len(np.unique(np.round(weights, 9))) == {"rademacher": 2, "webb": 6}[kind]


@pytest.mark.slow
def test_size_is_right_with_a_dozen_clusters():
    size, rejected = 200, 0
    for seed in range(size):
        random = np.random.default_rng(seed)
        entity = np.repeat(np.arange(12), 8)
        x = random.normal(size=12)[entity] + random.normal(size=96)
        y = random.normal(size=12)[entity] + random.normal(size=96)
        vce = Vce(type="wild_cluster", replications=199, seed=seed, weights="webb")
        design = np.column_stack([x, np.ones(96)])
        within = Within(entity, entity, "none")
        [test, _], _ = wild_cluster_bootstrap(y, design, within, entity, vce)
        rejected += test.p_value <= 0.05
    low, high = stats.binom(size, 0.05).interval(0.999)
    assert low <= rejected <= high


def _estimate(**vce: object) -> ModelResult:
    data = _data(clusters=14)
    frame = pd.DataFrame({name: data[name] for name in ("y", "entity", "time")})
    frame[["x", "z"]] = data["x"]
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": ["x", "z"],
        "effects": "two_way",
        "vce": {"type": "wild_cluster", **vce},
    }
    content = {"panel": {"entity": "entity", "time": "time"}, "models": [model]}
    return run_specification(parse_specification(content), frame)[0]


def test_a_model_keeps_its_clustered_errors_and_gets_bootstrap_p_values():
    clustered = _estimate(type="cluster")
    boot = _estimate(seed=5, replications=499)
    assert boot == _estimate(seed=5, replications=499)
    assert boot.terms[0].p_value != _estimate(seed=6, replications=499).terms[0].p_value
    assert boot.vce == "wild_cluster by entity (stata)"
    assert boot.statistics["bootstrap_replications"] == 499
    for plain, term in zip(clustered.terms, boot.terms, strict=True):
        assert (plain.estimate, plain.std_error) == (term.estimate, term.std_error)
    assert boot.terms[-1].p_value is None  # of the constant, which the effects leave no room for


def test_few_patterns_of_signs_are_said():
    data = _data(clusters=4)
    frame = pd.DataFrame({name: data[name] for name in ("y", "entity", "time")})
    frame[["x", "z"]] = data["x"]
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x"]}
    model["vce"] = {"type": "wild_cluster"}
    content = {"panel": {"entity": "entity", "time": "time"}, "models": [model]}
    result = run_specification(parse_specification(content), frame)[0]
    assert any("only 16 patterns of signs" in warning for warning in result.warnings)
    assert result.terms[0].p_value * 16 == pytest.approx(round(result.terms[0].p_value * 16))
    assert result.terms[0].ci_low is None  # with 16 patterns nothing is rejected at 5 %


def test_a_slope_without_an_error_has_no_p_value_and_no_warning_of_the_library():
    """The regressor of a firm stays as it is, and its residuals add up to 0: so do its scores."""
    data = pd.DataFrame({"firm": np.repeat(range(4), 2), "year": np.tile([0, 1], 4)})
    data = data.assign(x=data["firm"] % 2 * 1.0, y=data["year"] * 1.0)
    vce = {"type": "wild_cluster", "replications": 19}
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x"], "vce": vce}
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    with warnings.catch_warnings(action="error"):
        [result] = run_specification(parse_specification(content), data)
    slope = result.terms[0]
    assert (slope.std_error, slope.p_value, slope.ci_low) == (None, None, None)
