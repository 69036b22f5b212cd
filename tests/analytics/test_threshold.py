"""Panel thresholds: published numbers, and a search that refits every candidate."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.errors import SpecificationError
from analytics.estimators.threshold_search import Settings, Stage, Variables, find_thresholds
from analytics.estimators.within import Groups
from analytics.results import ModelResult, tidy_threshold_search
from analytics.specification import parse_specification
from analytics.study import run_specification

REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references"
HANSEN = {
    "outcome": "i",
    "regime_dependent": ["c1"],
    "regressors": ["q1", "q2", "q3", "d1", "qd1"],
    "threshold_variable": "d1",
    "convention": "hansen1999",
    "trim": [0.01, 0.01, 0.05],
    "grid": 400,
    "bootstrap": {"replications": 300, "seed": 1},
}
SIMULATED = {
    "outcome": "y",
    "regime_dependent": ["x"],
    "regressors": ["z"],
    "threshold_variable": "q",
    "convention": "exhaustive",
    "trim": [0.1, 0.1, 0.1],
    "bootstrap": {"replications": 0},
}


def _estimate(data: pd.DataFrame, base: dict = SIMULATED, **model: object) -> ModelResult:
    content = {
        "panel": {"entity": "id", "time": "year"},
        "models": [{"id": "m", "estimator": "threshold", **base, **model}],
    }
    return run_specification(parse_specification(content), data)[0]


def _panel(
    seed: int, entities: int = 9, periods: int = 7, share: float = 1.0, switch: float = 1.0
) -> pd.DataFrame:
    """A panel whose slope of x falls by `switch` where q is above 0, and again above 0.8."""
    random = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "id": np.repeat([f"unit {i:03}" for i in range(entities)], periods),
            "year": np.tile(2000 + np.arange(periods), entities),
        }
    )
    for name in ("x", "w", "z", "q"):
        data[name] = random.normal(size=len(data))
    level = data["id"].str[5:].astype(int) + 0.5 * (data["year"] - 2000)
    slope = 1 - switch * ((data["q"] > 0).astype(int) + (data["q"] > 0.8))
    data["y"] = level + slope * data["x"] + data["z"] + random.normal(size=len(data))
    return data[random.random(len(data)) < share].reset_index(drop=True)


# --- The published numbers


@pytest.fixture(scope="module")
def published() -> tuple[dict, pd.DataFrame]:
    if not REFERENCES.exists():
        pytest.skip("the reference data are not beside the repository")
    expected = yaml.safe_load((REFERENCES / "expected.yml").read_text(encoding="utf-8"))
    return expected["threshold_hansen1999"], pd.read_csv(REFERENCES / "threshold/hansen1999.csv")


@pytest.fixture(scope="module")
def triple(published) -> ModelResult:
    return _estimate(published[1], HANSEN, thresholds=3)


def test_hansen1999_thresholds_and_their_tests(published, triple):
    expected = published[0]
    assert (triple.nobs, triple.n_entities, triple.convention) == (7345, 565, "hansen1999")
    one, two, three = triple.tests
    assert one["estimate"] == [expected["single"]["gamma"]]
    assert (one["ci_low"], one["ci_high"]) == ([0.01392], [0.01806])
    assert two["estimate"] == expected["double"]["gamma"]
    assert [two["ci_low"], two["ci_high"]] == [
        list(bounds) for bounds in zip(*expected["double"]["ci95"], strict=True)
    ]
    assert expected["triple"]["gamma"] in three["estimate"]
    for stage, of in zip(triple.tests, ("single", "double", "triple"), strict=True):
        assert stage["f_statistic"] == pytest.approx(expected[of]["f"], abs=1e-4)
        if "ssr" in expected[of]:
            assert stage["ssr"] == pytest.approx(expected[of]["ssr"], abs=1e-5)
        tolerance = 0.05 if of == "triple" else 0.02
        assert stage["p_value"] == pytest.approx(expected[of]["p_published"], abs=tolerance)
        assert stage["crit_10"] < stage["crit_05"] < stage["crit_01"]
        assert stage["replications"] == 300
    linear = one["ssr"] * (1 + one["f_statistic"] / 7345)
    assert linear == pytest.approx(expected["s0"], abs=1e-5)


@pytest.mark.parametrize(
    ("of", "vce", "errors"),
    [
        ("single", "classical", "se_classical"),
        ("single", "hc0", "se_white"),
        ("double", "hc0", "se_white"),
    ],
)
def test_hansen1999_slopes(published, of, vce, errors):
    expected = published[0][of]
    number = len(expected["slopes"]) - 1
    result = _estimate(
        published[1],
        HANSEN,
        thresholds=number,
        vce={"type": vce},
        bootstrap={"replications": 0},
    )
    switching = result.terms[: number + 1]
    assert [term.term for term in switching] == [
        f"c1[regime {regime}]" for regime in range(1, number + 2)
    ]
    assert [term.estimate for term in switching] == pytest.approx(expected["slopes"], abs=1e-7)
    assert [term.std_error for term in switching] == pytest.approx(expected[errors], abs=1e-7)


def test_xthreg_single_threshold_as_printed(published):
    """Wang (2015), Stata Journal 15, section 5: the threshold, its sum of squares, its F."""
    result = _estimate(
        published[1],
        HANSEN,
        convention="xthreg",
        bootstrap={"replications": 0},
    )
    stage = result.tests[0]
    assert result.nobs == 7910
    assert round(stage["estimate"][0], 4) == 0.0154
    assert round(stage["ssr"], 4) == 17.7818
    assert round(stage["f_statistic"], 2) == 35.20


# --- Every candidate refitted


class Refitting:
    """The definitions, with a regression for every candidate."""

    def __init__(self, data: pd.DataFrame, model: dict, effects: str = "entity") -> None:
        self.convention = model["convention"]
        self.trim, self.grid = model["trim"], model.get("grid", 400)
        data = data.sort_values(["id", "year"])
        self.data, self.q = data, data["q"].to_numpy()
        self.x = data[model["regime_dependent"]].to_numpy()
        self.kept = np.ones(len(data), dtype=bool)
        if self.convention == "hansen1999":
            self.kept = (data["year"] < data["year"].max()).to_numpy()
        same = data["id"].to_numpy()[:, None] == data["id"].to_numpy()
        self.means = same / same.sum(axis=1, keepdims=True)
        years = pd.get_dummies(data["year"], drop_first=True, dtype=float).to_numpy()
        linear = [data[model["regressors"]].to_numpy(), self.x]
        self.linear = np.column_stack([*linear, *([years] if effects == "two_way" else [])])
        self.y = self.within(data[["y"]].to_numpy())[:, 0]
        entities, periods = data["id"].nunique(), data["year"].nunique()
        n = len(data)
        self.scale = n - (periods if self.convention == "xthreg" else entities)

    def within(self, columns: np.ndarray) -> np.ndarray:
        return (columns - self.means @ columns)[self.kept]

    def low(self, gamma: float) -> np.ndarray:
        return self.q < gamma if self.convention == "hansen1999" else self.q <= gamma

    def residuals(self, thresholds: list[float], y: np.ndarray | None = None) -> np.ndarray:
        y = self.y if y is None else y
        regimes = [self.x * self.low(gamma)[:, None] for gamma in thresholds]
        design = self.within(np.column_stack([self.linear, *regimes]))
        return y - design @ np.linalg.lstsq(design, y, rcond=None)[0]

    def candidates(self, trim: float) -> np.ndarray:
        u = np.unique(self.q)
        if self.convention == "hansen1999":
            steps = np.arange(round(self.grid * (1 - 2 * trim)) + 1)
            return u[np.floor((trim + steps / self.grid) * len(u)).astype(int) - 1]
        if self.convention == "xthreg":
            places = np.linspace(trim * len(u), (1 - trim) * len(u), self.grid)
            return np.unique(u[np.round(places).astype(int) - 1])
        share = (self.q[None, :] <= u[:, None]).mean(axis=1)
        return u[(share >= trim) & (1 - share >= trim)]

    def is_open(self, gamma: float, others: list[float], trim: float) -> bool:
        """Whether every regime keeps `trim` of the rows (exhaustive), of the positions (grid)."""
        if self.convention == "exhaustive":
            return all(abs((self.low(gamma) ^ self.low(o)).mean()) >= trim for o in others)
        if self.convention == "xthreg":
            u = np.unique(self.q)
            rank = np.searchsorted(u, gamma)
            return all(
                abs(rank - np.searchsorted(u, o)) / len(u) >= trim and gamma != o for o in others
            )
        # A value may be several quantiles, and is searched if one of them is outside the windows
        grid = self.candidates(self.trim[0])
        place = np.flatnonzero(grid == gamma) + 1
        smaller, width = np.array([[(grid < o).sum()] for o in others]), self.grid * trim
        is_near = (place >= smaller - width) & (place < smaller + width) if others else place < 0
        return gamma not in others and not is_near.reshape(-1, len(place)).any(axis=0).all()

    def search(
        self, others: list[float], step: int, y: np.ndarray | None = None, trim: float | None = None
    ) -> tuple[float, float]:
        """The best threshold given others, and its sum of squares."""
        trim = self.trim[step] if trim is None else trim
        grid = self.candidates(self.trim[0 if self.convention == "hansen1999" else step])
        open_ones = [gamma for gamma in grid if self.is_open(gamma, others, trim)]
        sums = [(self.residuals([*others, gamma], y) ** 2).sum() for gamma in open_ones]
        best = int(np.argmin(sums))
        return open_ones[best], sums[best]

    def stages(self, thresholds: int) -> list[tuple[list[float], float, float]]:
        """Thresholds in order, the sum of squares, and F, of each stage."""
        s0 = (self.residuals([]) ** 2).sum()
        first, s1 = self.search([], 0)
        found = [([first], s1, (s0 / s1 - 1) * self.scale)]
        if thresholds >= 2:
            second, s2 = self.search([first], 1)
            f = (s1 / s2 - 1) * self.scale
            first, s2 = self.search([second], 1)
            if self.convention == "exhaustive":
                second, s2 = self.search([first], 1)
            found.append((sorted([first, second]), s2, f))
        if thresholds == 3:
            third, s3 = self.search([first, second], 2)
            found.append((sorted([first, second, third]), s3, (s2 / s3 - 1) * self.scale))
        return found


@pytest.mark.parametrize("effects", ["entity", "two_way"])
@pytest.mark.parametrize(
    ("convention", "share"),
    [("exhaustive", 1.0), ("exhaustive", 0.8), ("hansen1999", 1.0), ("xthreg", 1.0)],
)
@pytest.mark.parametrize("regime_dependent", [["x"], ["x", "w"]])
def test_search_equals_refitting(convention, share, effects, regime_dependent):
    data = _panel(seed=3, share=share)
    model = {
        **SIMULATED,
        "convention": convention,
        "regime_dependent": regime_dependent,
        "trim": [0.1, 0.15, 0.2],
        "grid": 90 if convention == "hansen1999" else 40,  # 90: quantiles that fall together
    }
    result = _estimate(data, model, effects=effects, thresholds=3)
    expected = Refitting(data, model, effects).stages(3)
    for stage, (thresholds, ssr, f) in zip(result.tests, expected, strict=True):
        assert stage["estimate"] == thresholds
        assert stage["ssr"] == pytest.approx(ssr, rel=1e-10)
        assert stage["f_statistic"] == pytest.approx(f, rel=1e-8)


@pytest.mark.parametrize("effects", ["entity", "two_way"])
@pytest.mark.parametrize(
    ("convention", "share"),
    [("exhaustive", 1.0), ("exhaustive", 0.8), ("hansen1999", 1.0), ("xthreg", 1.0)],
)
@pytest.mark.parametrize("regime_dependent", [["x"], ["x", "w"]])
def test_bootstrap_equals_refitting_the_drawn_samples(convention, share, effects, regime_dependent):
    """Whole histories change places; in an unbalanced panel each keeps its own with a sign."""
    data = _panel(seed=5, entities=9, periods=5, share=share)
    replications = 5
    model = {**SIMULATED, "convention": convention, "trim": [0.1, 0.1, 0.15], "grid": 20}
    model["regime_dependent"] = regime_dependent
    bootstrap = {"replications": replications, "seed": 4}
    result = _estimate(data, {**model, "bootstrap": bootstrap}, effects=effects, thresholds=3)
    refit = Refitting(data, model, effects)
    entity = pd.factorize(refit.data["id"])[0][refit.kept]
    shape = (replications, entity.max() + 1)
    nulls = [[], *(test["estimate"] for test in result.tests[:2])]
    for number, (stage, null) in enumerate(zip(result.tests, nulls, strict=True)):
        random = np.random.default_rng([4, number])
        residuals = refit.residuals(null)
        if share < 1:
            signs = random.choice([-1.0, 1.0], size=shape)
            drawn = [residuals * signs[r, entity] for r in range(replications)]
        else:
            who = random.integers(shape[1], size=shape)
            histories = residuals.reshape(shape[1], -1)
            drawn = [histories[who[r]].ravel() for r in range(replications)]
        f = []
        for errors in drawn:
            y = refit.y - residuals + errors
            thresholds, s0 = [], (refit.residuals([], y) ** 2).sum()
            trims = model["trim"]
            for step in range(number + 1):
                trim = trims[number if convention == "hansen1999" else step]
                gamma, s1 = refit.search(thresholds, step, y, trim)
                thresholds.append(gamma)
                s0, before = s1, s0
            f.append((before / s1 - 1) * refit.scale)
        f = np.sort(f)
        assert stage["crit_10"] == pytest.approx(f[-1], rel=1e-8)
        assert stage["p_value"] == np.mean(f > stage["f_statistic"] * (1 + 1e-9))


@pytest.mark.parametrize("share", [1.0, 0.8])
@pytest.mark.parametrize("effects", ["entity", "two_way"])
@pytest.mark.parametrize("vce", ["classical", "hc0", "hc1", "cluster"])
def test_errors_are_those_of_fixed_effects_with_the_regimes_as_regressors(vce, effects, share):
    data = _panel(seed=1, entities=14, share=share)
    options = {"effects": effects, "vce": {"type": vce}}
    result = _estimate(data, thresholds=2, **options)
    low, high = result.tests[-1]["estimate"]
    regimes = {
        "low": data["x"] * (data["q"] <= low),
        "middle": data["x"] * ((data["q"] > low) & (data["q"] <= high)),
        "high": data["x"] * (data["q"] > high),
    }
    content = {
        "panel": {"entity": "id", "time": "year"},
        "models": [
            {
                "id": "m",
                "estimator": "fixed_effects",
                "outcome": "y",
                "regressors": [*regimes, "z"],
                **options,
            }
        ],
    }
    plain = run_specification(parse_specification(content), data.assign(**regimes))[0]
    assert [term.term for term in result.terms] == [
        "x[regime 1]",
        "x[regime 2]",
        "x[regime 3]",
        "z",
    ]
    for ours, theirs in zip(result.terms, plain.terms, strict=False):
        for what in ("estimate", "std_error", "p_value", "ci_low", "ci_high"):
            assert getattr(ours, what) == pytest.approx(getattr(theirs, what), rel=1e-8)
    assert result.statistics["r2_within"] == pytest.approx(plain.statistics["r2_within"])


# --- What it must not depend on


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), exponent=st.integers(-8, 10))
def test_order_names_and_units_do_not_matter(seed, exponent):
    data = _panel(seed)
    base = {**SIMULATED, "regime_dependent": ["x", "w"]}
    result = _estimate(data, base, thresholds=2)

    def f_of(changed: pd.DataFrame) -> list[float]:
        return [test["f_statistic"] for test in _estimate(changed, base, thresholds=2).tests]

    expected = [test["f_statistic"] for test in result.tests]
    shuffled = data.sample(frac=1, random_state=seed)
    assert f_of(shuffled) == expected
    assert f_of(data.assign(id=data["id"].str[::-1])) == pytest.approx(expected, rel=1e-8)
    assert f_of(data.assign(q=np.exp(data["q"]))) == pytest.approx(expected, rel=1e-12)
    unit = 10.0**exponent
    scaled = data.assign(x=data["x"] * unit, y=data["y"] / unit)
    assert f_of(scaled) == pytest.approx(expected, rel=1e-6)


def test_likelihood_ratio_curve_is_zero_at_the_estimate_and_gives_the_interval():
    result = _estimate(_panel(seed=2, entities=20), thresholds=2)
    stage = result.tests[1]
    assert [curve["threshold"] for curve in stage["lr_curve"]] == stage["estimate"]
    for curve, low, high in zip(stage["lr_curve"], stage["ci_low"], stage["ci_high"], strict=True):
        gamma, ratio = np.array(curve["gamma"]), np.array(curve["lr"])
        assert ratio[gamma == curve["threshold"]] == pytest.approx(0, abs=1e-9)
        assert ratio.min() > -1e-9
        inside = gamma[ratio <= -2 * np.log(1 - np.sqrt(0.95))]
        assert (inside.min(), inside.max()) == (low, high)
    rows = tidy_threshold_search("study", [result])
    rows = rows[(rows["thresholds"] == 2) & (rows["likelihood_ratio"].abs() < 1e-9)]
    assert (rows["candidate"] == rows["threshold"]).all()
    assert rows["threshold"].tolist() == stage["estimate"] and rows["position"].tolist() == [1, 2]


def _stage(data: pd.DataFrame, seed: int, replications: int) -> Stage:
    """The test of one threshold, from arrays."""
    data = data.sort_values(["id", "year"])
    variables = Variables(
        outcome=data["y"].to_numpy(),
        regime_dependent=data[["x"]].to_numpy(),
        regressors=data[["z"]].to_numpy(),
        threshold=data["q"].to_numpy(),
        entity=Groups.of(pd.factorize(data["id"])[0]),
        kept=np.ones(len(data), dtype=bool),
        is_balanced=True,
    )
    search = Settings("exhaustive", (0.1,), 400, 0.0, replications, seed)
    return find_thresholds(variables, 1, search)[0]


@pytest.mark.slow
def test_test_has_its_size_and_the_interval_its_coverage():
    """31 x 11 panels; bounds that a test of the right size leaves once in a thousand."""
    samples = 150
    rejected = covered = 0
    for seed in range(samples):
        data = _panel(1000 + seed, entities=31, periods=11, switch=0)
        rejected += _stage(data, seed, 99).p_value <= 0.1
        data["y"] += 0.5 * data["x"] * (data["q"] <= 0.3)
        low, high = _stage(data, seed, 0).curves[0].interval
        # Thresholds that split the rows in the same way are the same
        covered += low <= data["q"][data["q"] <= 0.3].max() <= high
    low, high = stats.binom(samples, 0.1).ppf([0.0005, 0.9995])
    assert low <= rejected <= high
    assert covered >= stats.binom(samples, 0.95).ppf(0.0005)


# --- What it refuses, and what it warns of


@pytest.mark.parametrize("convention", ["hansen1999", "xthreg"])
def test_unbalanced_panel_needs_the_exhaustive_convention(convention):
    data = _panel(0).drop(index=[3, 9])
    with pytest.raises(SpecificationError, match=r"unit 000 has 6 of 7 periods \(and 1 more"):
        _estimate(data, convention=convention)
    result = _estimate(data, bootstrap={"replications": 19})
    assert any("wild cluster bootstrap" in warning for warning in result.warnings)
    assert result.nobs == len(data)


@pytest.mark.parametrize(
    ("change", "model", "sentence"),
    [
        ({"q": 2.5}, {}, "threshold variable `q` has the single value 2.5"),
        ({"y": 1.0}, {}, "the outcome does not vary beyond its entity effects"),
        ({}, {"thresholds": 3, "trim": 0.3}, "is left for threshold 3"),
        ({"q": [0, 1, 0] * 21}, {"thresholds": 2}, "is left for threshold 2"),
        ({"q": [0, 1, 0] * 21}, {"convention": "hansen1999"}, "is left for threshold 1"),
        ({}, {"min_regime_share": 0.45, "thresholds": 2}, "is left for threshold 2"),
        ({"y": lambda data: 2 * data["x"]}, {}, "the outcome is fitted exactly"),
        ({"y": lambda data: data["x"] * (data["q"] > 0)}, {}, "the outcome is fitted exactly"),
        ({"q": ["low", "high", "mid"] * 21}, {}, "column `q` holds text"),
    ],
)
def test_what_cannot_be_estimated_is_said(change, model, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        _estimate(_panel(0).assign(**change), **model)


def test_collinear_and_absorbed_regressors_are_named():
    data = _panel(0)
    data["twice"] = 2 * data["x"]
    data["size"] = data["id"].str[5:].astype(float)
    with pytest.raises(SpecificationError, match="`x` is perfectly collinear with `twice`"):
        _estimate(data, regressors=["twice"])
    with pytest.raises(SpecificationError, match="`size` is absorbed by the entity effects"):
        _estimate(data, regressors=["size"])


def test_a_model_may_have_no_regressors_that_do_not_switch():
    data = _panel(7)
    model = {**SIMULATED, "regressors": []}
    result = _estimate(data, model)
    thresholds, ssr, _ = Refitting(data, model).stages(1)[0]
    assert result.tests[0]["estimate"] == thresholds
    assert result.statistics["ssr"] == pytest.approx(ssr, rel=1e-10)
    assert [term.term for term in result.terms] == ["x[regime 1]", "x[regime 2]"]


def test_threshold_at_the_edge_of_its_grid_is_warned_of():
    data = _panel(2, entities=30, switch=0)
    data["y"] += 9 * data["x"] * (data["q"] <= np.quantile(data["q"], 0.08))
    result = _estimate(data)
    assert any("at the edge of the values searched" in warning for warning in result.warnings)
    inside = _estimate(data, trim=0.01)
    assert not any("at the edge" in warning for warning in inside.warnings)


def test_min_regime_share_holds_under_every_convention():
    data = _panel(6, entities=20)
    for convention in ("hansen1999", "xthreg", "exhaustive"):
        result = _estimate(
            data, convention=convention, trim=0.01, min_regime_share=0.25, thresholds=2
        )
        edges = [-np.inf, *result.tests[-1]["estimate"], np.inf]
        side = convention != "hansen1999"
        shares = pd.cut(data["q"], edges, right=side).value_counts(normalize=True)
        assert shares.min() >= 0.25


def test_bootstrap_has_a_seed_and_may_be_left_out():
    data = _panel(8, entities=12)

    def values(seed: int, replications: int = 50) -> list[float | None]:
        bootstrap = {"replications": replications, "seed": seed}
        stage = _estimate(data, bootstrap=bootstrap).tests[0]
        return [stage[what] for what in ("p_value", "crit_10", "crit_05", "crit_01")]

    assert values(1) == values(1)
    assert values(1) != values(2)
    assert values(1, replications=0) == [None] * 4
