"""What cannot be estimated is not printed: every study on panels of every awkward shape."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.specification import load_studies, parse_specification
from analytics.study import run_specification, run_study

NAMES = {"Eastern": 10, "Central": 6, "Western": 12, "Northeast": 3}
KEYS = ("province_code", "province_name_en", "year", "region", "is_municipality")


def _panel(years: range = range(2012, 2018)) -> pd.DataFrame:
    """31 provinces in four regions, in which everything that a study names is known."""
    random = np.random.default_rng(5)
    region = [name for name, count in NAMES.items() for _ in range(count)]
    data = pd.DataFrame(
        {
            "province_code": str(110000 + 10000 * number),
            "province_name_en": f"Province {number}",
            "year": year,
            "region": region[number],
            "is_municipality": number < 4,
        }
        for number in range(31)
        for year in years
    )
    own = data.groupby("province_code", sort=False).ngroup() / 10
    for name in sorted({name for study in load_studies() for name in _variables(study)}):
        if name not in KEYS:
            data[name] = random.normal(size=len(data)) + own + 0.1 * (data["year"] - 2012) + 3
    return data


def _variables(study) -> set[str]:
    terms = {term for model in study.models for term in model.terms}
    curve = study.specification_curve
    if curve is not None:
        choices = curve.choices.model_dump()
        for chosen in choices.values():
            terms |= _texts(chosen)
    terms |= set(study.descriptives.variables)
    parts = {part.removeprefix("L1.") for term in terms for part in term.split(":")}
    return {part for part in parts if part.isidentifier()}


def _texts(content) -> set[str]:
    if isinstance(content, str):
        return {content}
    return set().union(*map(_texts, content)) if isinstance(content, list | tuple) else set()


def _saturated(data: pd.DataFrame) -> pd.DataFrame:
    """Two periods, so that the three provinces of the Northeast have fewer rows than slopes."""
    return data[data["year"].isin([2012, 2017])]


SHAPES = {
    "one period": lambda d: d[d["year"] == 2012],
    "two periods": lambda d: d[d["year"] < 2014],
    "saturated group": _saturated,
    "one entity": lambda d: d[d["province_code"] == "110000"],
    "two entities": lambda d: d[d["province_code"] < "130000"],
    "constant outcome": lambda d: d.assign(expy=1.0),
    "constant in a region": lambda d: d.assign(expy=d["expy"].where(d["region"] != "Central", 1.0)),
    "exact fit": lambda d: d.assign(expy=0.5 * d["dige"] + 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_no_error_is_rounding(shape: str):
    data = SHAPES[shape](_panel()).reset_index(drop=True)
    for study in load_studies():
        tables = run_study(study, data)
        estimates = tables.estimates.dropna(subset=["std_error"])
        spread = data.select_dtypes("number").std().fillna(0).max()
        scale = estimates["estimate"].abs().clip(lower=1e-3 * spread)
        noise = estimates[estimates["std_error"] <= 1e-8 * scale]
        assert noise.empty, noise[["model_id", "term", "estimate", "std_error"]].to_string()
        without = tables.estimates[tables.estimates["std_error"].isna()]
        assert without[["statistic", "ci_low"]].isna().all(axis=None)


OPTIONS = {
    "pairs": {"effects": ["province_code", "year", "region:year"]},
    "trends": {"effects": "two_way", "trends": "entity"},
    "weights": {"effects": "two_way", "weights": "weight"},
    "all": {"effects": ["province_code", "region:year"], "trends": "entity", "weights": "weight"},
    "pooled": {"estimator": "pooled_ols", "weights": "weight"},
}
KINDS = ("classical", "hc1", "cluster", "driscoll_kraay")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("option", OPTIONS)
def test_no_error_is_rounding_beside_many_effects_trends_and_weights(shape, option):
    data = SHAPES[shape](_panel()).reset_index(drop=True)
    data["weight"] = np.random.default_rng(2).uniform(0.5, 3, len(data))
    keys = {"entity": "province_code", "time": "year"}
    model = {"id": "m", "estimator": "fixed_effects", "outcome": "expy", "regressors": ["dige"]}
    for kind in KINDS:
        given = {**model, **OPTIONS[option], "vce": {"type": kind}}
        try:
            [result] = run_specification(
                parse_specification({"panel": keys, "models": [given]}), data
            )
        except SpecificationError:
            continue
        [slope, _] = result.terms
        has_test = "model_p" in result.statistics
        assert has_test is (slope.std_error is not None)
        assert slope.std_error is None or slope.std_error > 1e-8 * abs(slope.estimate)


VCES = [
    {"type": "driscoll_kraay"},
    {"type": "cluster", "by": ["year"]},
    {"type": "cluster", "by": ["firm", "year"]},
    {"type": "wild_cluster", "by": ["year"], "replications": 19},
]


@pytest.mark.parametrize("vce", VCES, ids=lambda vce: "_".join([vce["type"], *vce.get("by", [])]))
@pytest.mark.parametrize("effects", ["entity", "two_way"])
def test_scores_that_vanish_with_two_periods_give_no_error(vce, effects):
    random = np.random.default_rng(1)
    data = pd.DataFrame({"firm": np.repeat(range(20), 2), "year": np.tile([1, 2], 20)})
    data[["y", "x", "z"]] = random.normal(size=(40, 3))
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": ["x", "z"],
        "effects": effects,
        "vce": vce,
        "tests": [{"joint": ["x", "z"]}],
    }
    specification = parse_specification(
        {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    )
    [result] = run_specification(specification, data)
    by_firms_too = vce.get("by") == ["firm", "year"]
    for term in result.terms[:2]:
        assert (term.std_error is None) is not by_firms_too
        assert (term.p_value is None) is not by_firms_too
    assert ("joint[x, z]_p" in result.statistics) is by_firms_too
    assert any("no error exists" in warning for warning in result.warnings) is not by_firms_too
