"""Event studies: printed numbers, what the library and least squares give, invariants, words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.errors import SpecificationError
from analytics.figures import event_figure
from analytics.results import ModelResult, tidy_estimates
from analytics.specification import parse_specification
from analytics.study import run_specification

REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references" / "event_study"
METHODS = ["callaway_santanna", "sun_abraham", "twfe"]


def _estimate(data: pd.DataFrame, keys: dict | None = None, **model: object) -> ModelResult:
    content = {"id": "m", "estimator": "event_study", "outcome": "y", "cohort": "g", **model}
    keys = keys or {"entity": "firm", "time": "year"}
    return run_specification(parse_specification({"panel": keys, "models": [content]}), data)[0]


def _terms(result: ModelResult) -> dict:
    return {(term.equation, term.term): term for term in result.terms}


def _panel(seed: int = 0, firms: int = 40, effect: float = 0.0) -> pd.DataFrame:
    """Eight years; a third of the firms is never treated, the others from 2004, 2005 or 2007 on."""
    random = np.random.default_rng(seed)
    data = pd.DataFrame(
        {"firm": np.repeat(range(firms), 8), "year": np.tile(range(2001, 2009), firms)}
    )
    data["g"] = random.permutation(np.resize([0, 0, 2004, 2005, 2007], firms))[data["firm"]]
    data["x"] = random.normal(size=firms)[data["firm"]]
    noise = random.normal(size=len(data)) + random.normal(size=firms)[data["firm"]]
    treated = (data["g"] > 0) & (data["year"] >= data["g"])
    return data.assign(y=noise + 0.1 * data["year"] + effect * treated)


@pytest.fixture(scope="module")
def counties() -> tuple[pd.DataFrame, dict]:
    if not REFERENCES.exists():
        pytest.skip(f"the reference data are not beside the repository: {REFERENCES}")
    expected = yaml.safe_load((REFERENCES / "expected.yml").read_text(encoding="utf-8"))
    return pd.read_csv(REFERENCES / "mpdta.csv"), expected


COUNTIES = {"outcome": "lemp", "cohort": "first.treat"}


def test_published_effects_of_minimum_wages(counties):
    data, expected = counties
    result = _estimate(data, {"entity": "countyreal", "time": "year"}, **COUNTIES)
    found = _terms(result)
    for cohort, effects in expected["att_gt"].items():
        for year, effect in effects.items():
            term = found["group_time", f"att[{cohort}, {year}]"]
            assert term.estimate == pytest.approx(effect, abs=5e-5)
    for year, error in expected["analytic_se_2004"].items():
        term = found["group_time", f"att[2004, {year}]"]
        assert term.std_error == pytest.approx(error, abs=1e-6)
        six_digits = expected["att_gt_six_digits"][2004][year]
        assert term.estimate == pytest.approx(six_digits, abs=1e-6)
    for event, effect in expected["event_time"].items():
        assert found["event", f"event[{event}]"].estimate == pytest.approx(effect, abs=5e-5)
    assert found["simple", "att"].estimate == pytest.approx(expected["simple_att"], abs=1e-6)
    assert result.statistics["pretrend_p"] == pytest.approx(expected["pretest_p"], abs=5e-6)
    assert [result.statistics[f"n_{name}"] for name in ("cohorts", "treated")] == [3, 191]


def test_a_bootstrap_gives_about_the_same_errors(counties):
    data, _ = counties
    keys = {"entity": "countyreal", "time": "year"}
    bootstrap = {"replications": 1000, "seed": 2}
    plain = _estimate(data, keys, **COUNTIES)
    drawn = _estimate(data, keys, **COUNTIES, bootstrap=bootstrap)
    for one, other in zip(plain.terms, drawn.terms, strict=True):
        assert other.std_error == pytest.approx(one.std_error, rel=0.12)
        assert other.estimate == one.estimate
    assert 1.96 < drawn.statistics["critical_value[event]"] < 3.2
    assert drawn == _estimate(data, keys, **COUNTIES, bootstrap=bootstrap)


@pytest.mark.parametrize("control", ["never", "not_yet"])
@pytest.mark.parametrize("covariates", [(), ("x",)])
def test_aggregates_are_those_of_the_library(control, covariates):
    from diff_diff import CallawaySantAnna

    data = _panel(1)
    result = _estimate(data, control=control, covariates=list(covariates), base="universal")
    group = {"never": "never_treated", "not_yet": "not_yet_treated"}[control]
    other = CallawaySantAnna(control_group=group, base_period="universal").fit(
        data, "y", "firm", "year", "g", covariates=list(covariates)
    )
    found = _terms(result)
    for kind, level in (("event", "event_study"), ("group", "group")):
        rows = other.aggregate(level).to_dataframe()
        label, effect = ("event_time", "att") if kind == "event" else ("label", "att")
        for row in rows[np.isfinite(rows["se"])].to_dict("records"):
            term = found[kind, f"{kind}[{int(row[label])}]"]
            assert term.estimate == pytest.approx(row[effect], rel=1e-9)
            assert term.std_error == pytest.approx(row["se"], rel=1e-9)
    assert found["simple", "att"].estimate == pytest.approx(other.overall_att)
    assert found["simple", "att"].std_error == pytest.approx(other.overall_se)


def test_calendar_effects_are_means_by_the_size_of_cohorts():
    data = _panel(2)
    found = _terms(_estimate(data))
    sizes = data[data["year"] == 2001]["g"].value_counts()
    cells = {g: found["group_time", f"att[{g}, 2006]"].estimate for g in (2004, 2005)}
    mean = sum(sizes[g] * cells[g] for g in cells) / sum(sizes[g] for g in cells)
    assert found["calendar", "calendar[2006]"].estimate == pytest.approx(mean)
    years = [found["calendar", f"calendar[{year}]"].estimate for year in range(2004, 2009)]
    assert found["calendar", "att"].estimate == pytest.approx(np.mean(years))


@pytest.mark.parametrize("method", ["sun_abraham", "twfe"])
def test_least_squares_are_those_of_dummies(method):
    data = _panel(3).assign(event=lambda d: np.where(d["g"] > 0, d["year"] - d["g"], -1))
    found = _terms(_estimate(data, method=method))
    columns = {}
    for g, e in sorted({(g, e) for g, e in zip(data["g"], data["event"], strict=True) if e != -1}):
        key = (
            f"d{g}_{e}".replace("-", "m") if method == "sun_abraham" else f"d{e}".replace("-", "m")
        )
        here = (data["event"] == e) & ((data["g"] == g) | (method == "twfe"))
        columns[key] = here.astype(float)
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": list(columns),
        "effects": "two_way",
        "vce": {"type": "cluster"},
    }
    keys = {"entity": "firm", "time": "year"}
    specification = parse_specification({"panel": keys, "models": [model]})
    [other] = run_specification(specification, data.assign(**columns))
    for term in other.terms[:-1]:
        if method == "twfe":
            mine = found["event", f"event[{term.term[1:].replace('m', '-')}]"]
        else:
            g, e = term.term[1:].replace("m", "-").split("_")
            mine = found["group_time", f"att[{g}, {int(g) + int(e)}]"]
        assert mine.estimate == pytest.approx(term.estimate, rel=1e-8)
        assert mine.std_error == pytest.approx(term.std_error, rel=1e-8)
        assert mine.p_value == pytest.approx(term.p_value, rel=1e-6)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 1000),
    effect=st.floats(-5, 5),
    method=st.sampled_from(METHODS),
    control=st.sampled_from(["never", "not_yet"]),
)
def test_an_effect_on_the_treated_moves_what_comes_after_by_itself(seed, effect, method, control):
    model = {"method": method, "control": control}
    plain, moved = _panel(seed), _panel(seed, effect=effect)
    # Levels of firms and periods do not matter, nor how years are counted
    moved["y"] += moved["firm"] ** 2 + np.sin(moved["year"])
    moved["year"] += 100
    moved["g"] = moved["g"].where(moved["g"] == 0, moved["g"] + 100)
    one, other = _estimate(plain, **model), _estimate(moved, **model)
    for before, after in zip(one.terms, other.terms, strict=True):
        event = _event(before.term, before.equation)
        by = effect if event >= 0 else 0.0
        assert after.estimate == pytest.approx(before.estimate + by, abs=1e-8)
        if before.std_error is not None:
            assert after.std_error == pytest.approx(before.std_error, rel=1e-6)


def _event(term: str, equation: str) -> int:
    numbers = [int(n) for n in term.partition("[")[2].rstrip("]").split(", ") if n]
    if equation == "group_time":
        return numbers[1] - numbers[0]
    return numbers[0] if equation == "event" and numbers else 0


@pytest.mark.slow
def test_without_an_effect_the_tests_reject_at_their_level():
    size, rejected, trends = 60, 0, 0
    for seed in range(size):
        result = _estimate(_panel(seed, firms=120))
        rejected += _terms(result)["simple", "att"].p_value < 0.05
        trends += result.statistics["pretrend_p"] < 0.05
    low, high = stats.binom(size, 0.05).interval(0.999)
    assert low <= rejected <= high
    assert low <= trends <= high + 6  # a joint test of many effects, of 120 firms


def test_the_figure_has_the_events():
    estimates = tidy_estimates("s", [_estimate(_panel(), method="twfe")])
    assert event_figure(estimates).startswith(b"\x89PNG")
    assert event_figure(estimates) == event_figure(estimates.sample(frac=1, random_state=1))
    with pytest.raises(ValueError, match="not one effect has an event time"):
        event_figure(estimates[estimates["equation"] == "simple"])


def test_what_is_left_out_is_counted_and_said():
    data = _panel()
    data.loc[data["firm"] == 0, "g"] = 1999
    data.loc[data["firm"] == 1, "g"] = 2001
    data.loc[data["firm"] == 2, "g"] = 2012
    data.loc[data["firm"] == 3, "g"] = 2006
    data.loc[data["firm"] == 4, "g"] = np.nan
    data = data[(data["firm"] != 5) | (data["year"] != 2003)]
    result = _estimate(data)
    said = "; ".join(result.warnings)
    for sentence in (
        r"2 of the entities (0, 1) left out, treated in the first period or before",
        "1 of the entities (2) treated after the last period",
        "a single entity is in cohort 2006",
        "`g` is empty for 1 of the entities (4)",
        "1 of the entities (5) left out for lack of a period",
    ):
        assert sentence in said
    assert result.statistics["n_treated_from_start"] == 2
    assert result.n_entities == 36
    assert _estimate(data, unbalanced="pairs").n_entities == 37
    same = _estimate(data.assign(g=data["g"].replace({2012: 0, 0: np.inf})))
    assert same.terms == result.terms


def test_covariates_that_tell_cohorts_apart_are_doubted():
    data = _panel(3, firms=30)
    assert not _estimate(data, covariates=["x"]).warnings
    data.loc[data["g"] == 2007, "x"] += 10
    [said] = _estimate(data, covariates=["x"]).warnings
    assert said.startswith("the covariates all but tell some cohort from its controls")
    data["y"] = data["y"].where(data["g"] > 0, data["x"])
    alone = data.assign(
        first=lambda d: (d["firm"] == d["firm"][d["g"] == 2004].min()).astype(float)
    )
    assert any("adds nothing" in said for said in _estimate(alone, covariates=["first"]).warnings)


def test_the_last_cohort_is_the_control_where_none_is_never_treated():
    data = _panel(7)[lambda d: d["g"] > 0]
    renamed = data[data["year"] < 2007].assign(g=lambda d: d["g"].replace(2007, 0))
    for method in ("callaway_santanna", "sun_abraham"):
        result = _estimate(data, control="not_yet", method=method)
        expected = _estimate(renamed, control="not_yet", method=method)
        assert result.terms == expected.terms
        assert any("the last cohort, until it is" in warning for warning in result.warnings)


@pytest.mark.parametrize("method", METHODS)
def test_years_that_nobody_is_surveyed_in_leave_the_effects_as_they_are(method):
    """Waves two years apart, and a treatment between two of them, which the next is the first of.

    Event times are then years, and each cohort is measured from its last wave before.
    """
    data = _panel(4, effect=1.0)
    waves = data.assign(year=2 * data["year"], g=2 * data["g"])
    between = waves.assign(g=waves["g"].where(waves["g"] == 0, waves["g"] - 1))
    results = [_estimate(each, method=method) for each in (data, waves, between)]
    numbers = [np.array([(t.estimate, t.std_error or 0) for t in r.terms]) for r in results]
    assert numbers[1] == pytest.approx(numbers[0], rel=1e-9, abs=1e-12)
    assert numbers[2] == pytest.approx(numbers[0], rel=1e-9, abs=1e-12)
    one, two, off = (_terms(result) for result in results)
    assert two["event", "event[4]"].estimate == pytest.approx(one["event", "event[2]"].estimate)
    assert off["event", "event[5]"].estimate == pytest.approx(one["event", "event[2]"].estimate)


def test_periods_may_be_dates():
    data = _panel()
    dated = data.assign(
        year=pd.to_datetime(data["year"].astype(str) + "-01-01"),
        g=data["g"].map(lambda g: f"{g}-01-01" if g else None),
    )
    known = data[data["g"] > 0]
    result = _estimate(dated, control="not_yet")
    expected = _estimate(known, control="not_yet")
    assert [t.estimate for t in result.terms] == [t.estimate for t in expected.terms]


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"cohort": "all"}, "no entity is never treated.*choose `control: not_yet`.*write 0"),
        ({"cohort": "dummy"}, "`dummy` holds 0 and 1; a cohort is the period"),
        ({"cohort": "moves"}, r"`moves` changes within 0 \(2003, 2004\)"),
        ({"cohort": "none"}, "no entity is first treated within the periods"),
        ({"cohort": "name"}, "`name` holds 'early', and `year` '2001': write the first period"),
        ({"cohort": "day"}, "`day` holds '2004-07-01', and `year` '2001': write the first period"),
        ({"cohort": "one", "control": "not_yet"}, "all entities are treated in one period"),
        ({"cohort": "town"}, "no column `town`"),
        ({"covariates": ["x", "twice"]}, "`twice` is perfectly collinear with `x`"),
        ({"covariates": ["x"], "method": "sun_abraham"}, "`x` is absorbed by the two_way effects"),
        ({"method": "twfe", "aggregate": ["group"]}, "twfe has no aggregate `group`"),
        ({"method": "twfe", "base": "universal"}, "`base` is for the method callaway_santanna"),
        ({"aggregate": ["events"]}, "expected simple, event, group or calendar"),
        ({"regressors": ["x"]}, "`regressors` are the `covariates`"),
        ({"vce": {"by": ["year"]}}, "values of `year` cut through entities"),
        ({"kontrol": "never"}, "unknown key `kontrol`; did you mean `control`"),
    ],
)
def test_what_cannot_be_estimated_is_said(model, sentence):
    data = _panel().assign(
        all=lambda d: d["g"].replace(0, 2006),
        dummy=lambda d: (d["g"] > 0).astype(int),
        moves=lambda d: 2003 + (d["year"] > 2004),
        none=0,
        name="early",
        day=lambda d: d["g"].map(lambda g: f"{g}-07-01" if g else "0"),
        one=2004,
        twice=lambda d: 2 * d["x"],
    )
    with pytest.raises(SpecificationError, match=sentence):
        _estimate(data, **model)
