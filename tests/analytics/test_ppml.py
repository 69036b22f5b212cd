"""Poisson pseudo maximum likelihood: printed numbers, what is separated, and invariants."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics.errors import SpecificationError
from analytics.results import ModelResult
from analytics.specification import parse_specification
from analytics.study import run_specification

REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references" / "ppml"


def _estimate(data: pd.DataFrame, **model: object) -> ModelResult:
    model = {"id": "m", "estimator": "ppml", "outcome": "y", "regressors": ["x"], **model}
    return run_specification(parse_specification({"models": [model]}), data)[0]


def _trade(seed: int = 0, countries: int = 7, years: int = 5) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    pairs = [(e, i, t) for e in range(countries) for i in range(countries) for t in range(years)]
    data = pd.DataFrame([pair for pair in pairs if pair[0] != pair[1]], columns=["e", "i", "t"])
    data["x"], data["z"], noise = random.normal(size=(3, len(data)))
    mean = np.exp(0.4 * data["x"] - 0.2 * data["z"] + data["e"] / 3 - data["i"] / 4 + noise / 2)
    return data.assign(y=mean * (random.random(len(data)) < 0.7))


GRAVITY = {"regressors": ["x", "z"], "fixed_effects": [["e", "t"], "i:t", ["e", "i"]]}


def test_published_gravity_of_european_trade():
    if not REFERENCES.exists():
        pytest.skip(f"the reference data are not beside the repository: {REFERENCES}")
    expected = yaml.safe_load((REFERENCES / "expected.yml").read_text(encoding="utf-8"))
    data = pd.read_csv(REFERENCES / "trade.csv").assign(x=lambda d: np.log(d["dist_km"]))
    sets = ["Origin", "Destination", "Product", "Year"]
    within = expected["tolerance"]
    for by, error in expected["se_clustered"].items():
        vce = {"type": "cluster", "by": by.split(", ")}
        result = _estimate(data, outcome="Euros", fixed_effects=sets, vce=vce)
        [term] = result.terms
        assert term.estimate == pytest.approx(expected["coefficient"], abs=within["coefficient"])
        assert term.std_error == pytest.approx(error, abs=within["se"])
        assert result.nobs == expected["observations"]
        for name in ("adjusted_pseudo_r2", "squared_correlation"):
            assert result.statistics[name] == pytest.approx(expected[name], abs=1e-6)
        likelihood = result.statistics["log_likelihood"]
        assert likelihood == pytest.approx(expected["log_likelihood"], rel=1e-4)


@pytest.mark.slow
def test_pyfixest_gives_the_same():
    import pyfixest

    data = _trade()
    result = _estimate(data, **GRAVITY)
    other = pyfixest.fepois(
        "y ~ x + z | e^t + i^t + e^i",
        data,
        vcov="hetero",
        iwls_tol=1e-13,
        demeaner=pyfixest.MapDemeaner(fixef_tol=1e-11),
    )
    found = {term.term: term for term in result.terms}
    for name in ("x", "z"):
        assert found[name].estimate == pytest.approx(other.coef()[name], rel=1e-7)
        assert found[name].std_error == pytest.approx(other.se()[name], rel=1e-7)
    assert result.nobs == other._N
    assert result.statistics["deviance"] == pytest.approx(float(other.deviance), rel=1e-9)


def test_conventions_differ_by_their_factors():
    data = _trade()
    found = {
        name: _estimate(
            data, **GRAVITY, vce={"type": "cluster", "by": ["e:i"], "small_sample": name}
        )
        for name in ("none", "stata", "fixest")
    }
    plain, stata, fixest = (result.terms[0].std_error ** 2 for result in found.values())
    n, pairs = found["none"].nobs, found["none"].statistics["n_clusters"]
    others = 2 + 1 + 2 * (7 * 5 - 1)  # slopes, constant, sets that are not within the clusters
    assert stata / plain == pytest.approx(pairs / (pairs - 1))
    assert fixest / stata == pytest.approx((n - 1) / (n - others))


def _separated(data: pd.DataFrame, columns: list[str], sets: list[str]) -> np.ndarray:
    """By linear programming: rows in which some sum of columns is positive, and 0 where y > 0."""
    dummies = [pd.get_dummies(data[name]).to_numpy(dtype=float) for name in sets]
    design = np.hstack([data[columns].to_numpy(dtype=float), np.ones((len(data), 1)), *dummies])
    is_zero = data["y"].to_numpy() == 0
    n, k = int(is_zero.sum()), design.shape[1]
    found = linprog(
        np.r_[np.zeros(k), -np.ones(n)],
        A_ub=np.hstack([-design[is_zero], np.eye(n)]),
        b_ub=np.zeros(n),
        A_eq=np.hstack([design[~is_zero], np.zeros((len(data) - n, n))]),
        b_eq=np.zeros(len(data) - n),
        bounds=[(None, None)] * k + [(0, 1)] * n,
    )
    separated = np.zeros(len(data), dtype=bool)
    separated[is_zero] = found.x[k:] > 1e-6
    return separated


@pytest.mark.parametrize("seed", range(40))
def test_rows_are_left_out_where_no_estimate_exists(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(15, 60))
    data = pd.DataFrame({"a": random.integers(0, n // 5, n), "b": random.integers(0, n // 6, n)})
    data["x"] = random.integers(-2, 3, n)
    data["d"] = random.random(n) < 0.15
    data["y"] = random.poisson(np.exp(random.normal(size=n) - 1))
    separated = _separated(data, ["x", "d"], ["a", "b"])
    model = {"regressors": ["x", "d"], "fixed_effects": ["a", "b"], "keep_singletons": True}
    left = data[~separated]
    dummies = pd.get_dummies(left[["a", "b"]].astype(str)).to_numpy(dtype=float)
    design = np.hstack([left[["x", "d"]].to_numpy(dtype=float), dummies])
    if np.linalg.matrix_rank(design) < np.linalg.matrix_rank(dummies) + 2:
        with pytest.raises(SpecificationError, match=r"collinear|absorbed|single value"):
            _estimate(data, **model)
        return
    result = _estimate(data, **model)
    assert sorted(result.rows) == np.flatnonzero(~separated).tolist()
    assert result.statistics["n_separated"] == separated.sum()
    assert any("separated" in warning for warning in result.warnings) is bool(separated.any())


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), shift=st.floats(-15, 15), unit=st.integers(-6, 6))
def test_a_shift_of_the_logarithm_moves_nothing_but_the_constant(seed, shift, unit):
    data = _trade(seed)
    moved = data.assign(y=data["y"] * np.exp(shift), x=data["x"] * 10.0**unit)
    for sets in ([], ["e", "i:t"]):
        model = {"regressors": ["x", "z"], "fixed_effects": sets}
        one, other = _estimate(data, **model), _estimate(moved, **model)
        for before, after, factor in zip(one.terms, other.terms, (10.0**unit, 1, 1), strict=False):
            by = shift if before.term == "const" else 0
            assert after.estimate * factor == pytest.approx(before.estimate + by, abs=1e-7)
            assert after.std_error * factor == pytest.approx(before.std_error, rel=1e-6)
        for name in ("squared_correlation", "reset_p"):
            assert other.statistics[name] == pytest.approx(one.statistics[name], abs=1e-6)


def test_a_group_of_dummies_is_its_effects():
    data = _trade()
    absorbed = _estimate(data, fixed_effects=["e"], vce="robust")
    dummies = _estimate(data, regressors=["x", "e"], categorical=["e"], vce="robust")
    assert dummies.terms[0].estimate == pytest.approx(absorbed.terms[0].estimate, rel=1e-8)
    assert dummies.terms[0].std_error == pytest.approx(absorbed.terms[0].std_error, rel=1e-8)
    assert dummies.terms[-1].term == "const"
    assert dummies.statistics["reset_chi2"] == pytest.approx(absorbed.statistics["reset_chi2"])


def test_as_many_coefficients_as_rows_have_no_errors():
    """Under `none` nothing counts the coefficients: what the last step left was an error of 2e-8."""
    data = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "y": [1, 2, 3, 5]})
    vce = {"type": "robust", "small_sample": "none"}
    result = _estimate(data.assign(x=data["a"] * data["b"]), fixed_effects=["a", "b"], vce=vce)
    assert result.terms[0].estimate == pytest.approx(np.log(5 / 6))
    assert (result.terms[0].std_error, result.terms[0].p_value) == (None, None)


def test_an_exact_fit_has_no_errors():
    data = _trade().assign(y=lambda d: np.exp(0.5 * d["x"] + d["e"]))
    result = _estimate(data, fixed_effects=["e"], vce={"type": "cluster", "by": ["i"]})
    [term] = result.terms
    assert term.estimate == pytest.approx(0.5)
    assert (term.std_error, term.p_value) == (None, None)
    assert any("no error exists" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"outcome": "loss"}, r"`loss` is -2 in row 4, and ppml explains numbers of 0 or more"),
        ({"outcome": "nothing"}, "`nothing` is 0 in every row"),
        ({"outcome": "first", "fixed_effects": ["row"]}, "no row is left: 209 are separated"),
        ({"regressors": ["e"], "fixed_effects": ["e:t"]}, "`e` is absorbed by the fixed effects"),
        ({"regressors": ["x", "twice"]}, "`twice` is perfectly collinear with `x`"),
        ({"fixed_effects": ["town"]}, "no column `town`"),
        ({"fixed_effects": "e"}, r"`fixed_effects` is 'e'; expected a list"),
        ({"effects": "entity"}, "unknown key `effects`; did you mean `fixed_effects`"),
        ({"regressors": []}, "`regressors` is empty"),
        ({"vce": {"type": "cluster", "by": ["one"]}}, "need two clusters or more"),
        ({"vce": {"type": "classical"}}, "`vce.type` is 'classical'; expected robust, hc1"),
        ({"vce": {"by": ["e"]}}, "`by` is for clustered errors"),
        ({"vce": "cluster"}, "needs `panel.entity`"),
    ],
)
def test_what_cannot_be_estimated_is_said(model, sentence):
    data = _trade().assign(
        loss=lambda d: np.where(d.index == 3, -2, d["y"]),
        nothing=0,
        first=lambda d: d.index == 0,
        row=lambda d: d.index,
        twice=lambda d: 2 * d["x"],
        one=1,
    )
    with pytest.raises(SpecificationError, match=sentence):
        _estimate(data, **model)


@pytest.mark.parametrize(("seed", "rows"), [(112, 8), (378, 7)])
def test_too_few_rows_beside_those_that_are_separated_are_said(seed, rows):
    """Steps that fit the others exactly need not settle either."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.normal(size=(10, 6)), columns=list("abcdef"))
    data["y"] = np.exp(3 * rng.normal(size=10)) * (rng.random(10) > 0.3)
    data["t"] = np.arange(10) % 2
    with pytest.raises(SpecificationError, match=f"{rows} rows are too few for 8 coefficients"):
        _estimate(data, outcome="y", regressors=list("abcdef"), fixed_effects=["t"])
