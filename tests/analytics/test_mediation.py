"""Mediation: published numbers, the identity of the effects, and a bootstrap that refits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.errors import SpecificationError
from analytics.estimators.mediation import bootstrap_indirect
from analytics.results import ModelResult
from analytics.specification import parse_specification
from analytics.study import run_specification

REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references"
EFFECTS = ["none", "entity", "time", "two_way"]


def _panel(seed: int = 0, firms: int = 12, years: int = 6, share: float = 0.85) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(firms * years), years)
    data = pd.DataFrame({"firm": firm, "year": 2000 + year})
    data["x"], data["z"] = random.normal(size=(2, len(data))) + 0.1 * firm
    data["m"] = 0.6 * data["x"] + firm + random.normal(size=len(data))
    data["y"] = 0.3 * data["x"] + 0.5 * data["m"] + year + random.normal(size=len(data))
    return data[random.random(len(data)) < share].reset_index(drop=True)


def _estimate(data: pd.DataFrame, keys: dict | None = None, **model: object) -> ModelResult:
    model = {
        "id": "m",
        "estimator": "mediation",
        "outcome": "y",
        "treatment": "x",
        "mediator": "m",
        "regressors": ["z"],
        **model,
    }
    keys = {"entity": "firm", "time": "year"} if keys is None else keys
    return run_specification(parse_specification({"panel": keys, "models": [model]}), data)[0]


@pytest.fixture(scope="module")
def students() -> tuple[ModelResult, dict]:
    if not REFERENCES.exists():
        pytest.skip(f"the reference data are not beside the repository: {REFERENCES}")
    expected = yaml.safe_load((REFERENCES / "expected.yml").read_text(encoding="utf-8"))
    data = pd.read_csv(REFERENCES / "mediation" / "hsb2.csv")
    roles = {"outcome": "science", "treatment": "math", "mediator": "read", "regressors": []}
    result = _estimate(data, {}, **roles, effects="none", bootstrap={"by": "entity"})
    return result, expected["mediation_hsb2"]


def test_published_mediation_of_test_scores(students):
    result, expected = students
    terms = {(term.equation, term.term): term for term in result.terms}
    for name, place in (
        ("total", ("total", "math")),
        ("a", ("mediator", "math")),
        ("b", ("direct", "read")),
        ("direct", ("direct", "math")),
    ):
        assert terms[place].estimate == pytest.approx(expected[name]["estimate"], abs=1e-6)
        assert terms[place].std_error == pytest.approx(expected[name]["se"], abs=1e-7)
    found = result.statistics
    assert found["indirect_effect"] == pytest.approx(expected["indirect"], abs=1e-7)
    assert found["sobel_se"] == pytest.approx(expected["sobel"]["se"], abs=1e-7)
    assert found["sobel_z"] == pytest.approx(expected["sobel"]["z"], abs=1e-7)
    assert found["proportion_mediated"] == pytest.approx(expected["proportion_mediated"], abs=1e-7)
    # b, the direct effect and the indirect effect are printed to more digits than the total
    assert terms["direct", "read"].estimate == pytest.approx(expected["b"]["estimate"], abs=1e-8)
    assert result.nobs == 200


def test_bootstrap_of_a_cross_section_draws_rows(students):
    result, _ = students
    found = result.statistics
    assert found["bootstrap_clusters"] == 200
    assert found["bootstrap_se"] == pytest.approx(found["sobel_se"], rel=0.1)
    assert found["bootstrap_ci_low"] < found["indirect_effect"] < found["bootstrap_ci_high"]
    assert found["bootstrap_bc_ci_low"] != found["bootstrap_ci_low"]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    effects=st.sampled_from(EFFECTS),
    exponent=st.integers(-6, 6),
    share=st.floats(0.6, 1),
)
def test_total_is_direct_plus_indirect(seed, effects, exponent, share):
    data = _panel(seed, share=share)
    data["m"] *= 10.0**exponent
    data.loc[data.index[::7], "m"] = np.nan  # the three equations share the complete rows
    result = _estimate(data, effects=effects, bootstrap={"replications": 0})
    found = result.statistics
    parts = found["direct_effect"] + found["indirect_effect"]
    assert found["total_effect"] == pytest.approx(parts, rel=1e-9, abs=1e-12)
    assert found["proportion_mediated"] * found["total_effect"] == pytest.approx(
        found["indirect_effect"]
    )


def test_first_order_tests_differ_by_the_product_of_the_variances():
    result = _estimate(_panel(), vce={"type": "cluster"}, bootstrap={"replications": 0})
    terms = {(term.equation, term.term): term for term in result.terms}
    a, b = terms["mediator", "x"], terms["direct", "m"]
    sobel = a.estimate**2 * b.std_error**2 + b.estimate**2 * a.std_error**2
    more = a.std_error**2 * b.std_error**2
    for name, variance in (("sobel", sobel), ("aroian", sobel + more), ("goodman", sobel - more)):
        z = a.estimate * b.estimate / np.sqrt(variance)
        assert result.statistics[f"{name}_z"] == pytest.approx(z)
        assert result.statistics[f"{name}_p"] == pytest.approx(2 * stats.norm.sf(abs(z)))


@pytest.mark.parametrize("effects", EFFECTS)
def test_bootstrap_gives_what_refitting_each_draw_gives(effects):
    data = _panel(3)
    y, m, x, z = (data[name].to_numpy() for name in ("y", "m", "x", "z"))
    firm, year = data["firm"].to_numpy(), data["year"].to_numpy()
    found = bootstrap_indirect(y, m[:, None], x, z[:, None], firm, year, effects, firm, 40, 9)

    codes, size = np.unique(firm, return_inverse=True)[1], len(np.unique(firm))
    times = np.random.default_rng(9).multinomial(size, np.full(size, 1 / size), size=40)
    expected = []
    for draw in times:
        copies = [(c, copy) for c in range(size) for copy in range(draw[c])]
        rows = np.concatenate([np.flatnonzero(codes == c) for c, _ in copies])
        entity = np.concatenate([np.full((codes == c).sum(), i) for i, (c, _) in enumerate(copies)])
        groups = {"none": [], "entity": [entity], "time": [year[rows]]}
        groups["two_way"] = [entity, year[rows]]
        dummies = [pd.get_dummies(g).to_numpy(dtype=float) for g in groups[effects]]
        others = np.hstack([np.ones((len(rows), 1)), z[rows, None], *dummies])
        a = np.linalg.lstsq(np.column_stack([x[rows], others]), m[rows])[0][0]
        b = np.linalg.lstsq(np.column_stack([m[rows], x[rows], others]), y[rows])[0][0]
        expected.append(a * b)
    np.testing.assert_allclose(found.values[:, 0], expected, rtol=1e-8)


def test_intervals_are_quantiles_of_the_draws():
    result = _estimate(_panel(), effects="two_way", bootstrap={"replications": 500, "seed": 4})
    again = _estimate(_panel(), effects="two_way", bootstrap={"replications": 500, "seed": 4})
    assert result == again
    data = _panel()
    columns = (data[name].to_numpy() for name in ("y", ["m"], "x"))
    firm, year = data["firm"].to_numpy(), data["year"].to_numpy()
    found = bootstrap_indirect(
        *columns, data[["z"]].to_numpy(), firm, year, "two_way", firm, 500, 4
    ).of([1])
    estimate = result.statistics["indirect_effect"]
    low, high = np.quantile(found.draws, [0.025, 0.975])
    assert result.statistics["bootstrap_ci_low"] == pytest.approx(low)
    shift = 2 * stats.norm.ppf((found.draws < estimate).mean())
    corrected = np.quantile(found.draws, stats.norm.cdf(shift + stats.norm.ppf([0.025, 0.975])))
    assert result.statistics["bootstrap_bc_ci_low"] == pytest.approx(corrected[0])
    assert result.statistics["bootstrap_bc_ci_high"] == pytest.approx(corrected[1])
    assert result.statistics["bootstrap_ci_high"] == pytest.approx(high)


def test_percentile_interval_covers():
    size, covered = 200, 0
    for seed in range(size):
        random = np.random.default_rng(seed)
        firm, year = np.divmod(np.arange(31 * 5), 5)
        x = random.normal(size=len(firm))
        m = 0.4 * x + random.normal(size=31)[firm] + random.normal(size=len(firm))
        y = 0.4 * m + random.normal(size=31)[firm] + random.normal(size=len(firm))
        none = np.empty((len(firm), 0))
        draws = bootstrap_indirect(y, m[:, None], x, none, firm, year, "entity", firm, 199, seed)
        found = draws.of([1])
        covered += found.percentile[0] <= 0.16 <= found.percentile[1]
    low, high = stats.binom(size, 0.95).interval(0.999)
    assert low <= covered <= high


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"mediator": "x"}, "`x` is listed twice"),
        ({"mediator": "y"}, "`y` is both the outcome and a mediator"),
        ({"effects": "entity", "bootstrap": {"by": "half"}}, "whose values cut through entities"),
        ({"bootstrap": {"by": "town"}}, "no column `town`"),
        ({"bootstrap": {"reps": 10}}, "unknown key `bootstrap.reps`"),
        ({"treatment": "firm", "effects": "entity"}, "`firm` is absorbed by the entity effects"),
        ({"mediator": "fixed"}, "equation `mediator`: the outcome has the single value 3"),
        ({"outcome": "far"}, "equation `total`: the outcome has the single value 1e.13"),
    ],
)
def test_what_cannot_be_estimated_is_said(model, sentence):
    data = _panel().assign(half=lambda d: d.index % 2, fixed=3.0, far=lambda d: 1e13 + d["y"])
    with pytest.raises(SpecificationError, match=f"model `m`: .*{sentence}"):
        _estimate(data, **model)


def test_of_a_total_effect_that_is_0_nothing_is_a_share():
    data = pd.DataFrame({"x": [0, 0, 1, 1] * 5, "y": [1, 2, 1, 2] * 5, "z": np.arange(20) % 7})
    data["m"] = data["x"] + data["y"] + np.sin(np.arange(20))
    result = _estimate(data, {}, regressors=[], effects="none", bootstrap={"replications": 20})
    assert result.statistics["total_effect"] == pytest.approx(0, abs=1e-12)
    assert result.statistics["indirect_effect"] > 0.1
    assert "proportion_mediated" not in result.statistics
    assert "the total effect is 0: no proportion of it is mediated" in result.warnings


def test_opposite_effects_are_no_share():
    data = _panel()
    data["y"] = data["y"] - 2 * data["m"]
    result = _estimate(data, effects="two_way", bootstrap={"replications": 0})
    assert any("opposite signs" in warning for warning in result.warnings)


def test_a_period_that_no_draw_has_is_left_to_the_others():
    data = _panel(share=1)
    data = data[(data["year"] != 2003) | (data["firm"] < 2)]  # a period of two firms
    result = _estimate(data, effects="two_way", bootstrap={"replications": 400})
    assert result.statistics["bootstrap_replications"] == 400


def test_indirect_effects_of_several_mediators_add_up():
    data = _panel(5).assign(m2=lambda d: 0.4 * d["x"] - 0.3 * d["z"] + d["m"] / 5)
    random = np.random.default_rng(5)
    data["m2"] += random.normal(size=len(data))
    data["y"] += 0.7 * data["m2"]
    bootstrap = {"replications": 200, "seed": 8}
    result = _estimate(data, mediator=["m", "m2"], effects="two_way", bootstrap=bootstrap)
    found = result.statistics
    terms = {(term.equation, term.term): term.estimate for term in result.terms}
    for name in ("m", "m2"):
        product = terms[f"mediator[{name}]", "x"] * terms["direct", name]
        assert found[f"indirect_effect[{name}]"] == pytest.approx(product)
    whole = found["indirect_effect[m]"] + found["indirect_effect[m2]"]
    assert found["indirect_effect"] == pytest.approx(whole)
    assert found["total_effect"] == pytest.approx(found["direct_effect"] + whole, rel=1e-9)
    differ = found["indirect_effect[m]"] - found["indirect_effect[m2]"]
    assert found["indirect_effect[m - m2]"] == pytest.approx(differ)
    # Each order of the mediators gives the same, and all effects come from the same draws
    other = _estimate(data, mediator=["m2", "m"], effects="two_way", bootstrap=bootstrap).statistics
    for name in ("", "[m]", "[m2]"):
        for of in ("bootstrap_se", "bootstrap_ci_low", "bootstrap_bc_ci_high"):
            assert other[f"{of}{name}"] == pytest.approx(found[f"{of}{name}"], rel=1e-8)
    low, high = found["bootstrap_ci_low[m - m2]"], found["bootstrap_ci_high[m - m2]"]
    assert other["bootstrap_ci_low[m2 - m]"] == pytest.approx(-high)
    assert other["bootstrap_ci_high[m2 - m]"] == pytest.approx(-low)


def test_draws_of_several_mediators_are_those_of_refitting():
    data = _panel(6).assign(m2=lambda d: 0.4 * d["x"] + 0.3 * d["m"])
    data["m2"] += np.random.default_rng(6).normal(size=len(data))
    y, x = data["y"].to_numpy(), data["x"].to_numpy()
    both, none = data[["m", "m2"]].to_numpy(), np.empty((len(data), 0))
    firm, year = data["firm"].to_numpy(), data["year"].to_numpy()
    found = bootstrap_indirect(y, both, x, none, firm, year, "none", firm, 30, 2)
    size = len(np.unique(firm))
    times = np.random.default_rng(2).multinomial(size, np.full(size, 1 / size), size=30)
    for draw, values in zip(times, found.values, strict=True):
        rows = np.repeat(np.arange(len(data)), draw[np.unique(firm, return_inverse=True)[1]])
        ones = np.ones(len(rows))
        a = np.linalg.lstsq(np.column_stack([x[rows], ones]), both[rows])[0][0]
        b = np.linalg.lstsq(np.column_stack([both[rows], x[rows], ones]), y[rows])[0][:2]
        np.testing.assert_allclose(values, a * b, rtol=1e-8)


def test_a_single_cluster_has_no_bootstrap():
    data = _one_series()
    found = {}
    for by in ("whole", "half"):
        model = {"id": "m", "estimator": "mediation", "outcome": "y", "treatment": "x"}
        model |= {"mediator": "m", "bootstrap": {"replications": 9, "by": by}}
        [found[by]] = run_specification(parse_specification({"models": [model]}), data)
    assert "bootstrap_ci_low" in found["half"].statistics
    assert not any("bootstrap" in name for name in found["whole"].statistics)
    said = "the bootstrap does not exist: there is a single cluster to draw from"
    assert [said in found[by].warnings for by in ("whole", "half")] == [True, False]


def _one_series() -> pd.DataFrame:
    random = np.random.default_rng(8)
    data = pd.DataFrame(random.normal(size=(40, 3)), columns=["x", "m", "y"])
    data[["m", "y"]] += data[["x", "m"]].to_numpy()
    return data.assign(whole=1, half=np.arange(40) % 2)
