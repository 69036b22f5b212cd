"""Moderation: the centred product, and simple slopes that recentring gives as well."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.results import ModelResult
from analytics.specification import parse_specification
from analytics.study import run_specification


def _panel() -> pd.DataFrame:
    random = np.random.default_rng(2)
    firm, year = np.divmod(np.arange(25 * 6), 6)
    data = pd.DataFrame({"firm": firm, "year": 2000 + year})
    data[["x", "m", "z"]] = random.normal([3, 50, 0], 1, size=(len(data), 3))
    data["size"] = random.normal(size=25)[firm]
    noise = random.normal(size=len(data))
    data["y"] = 0.4 * data["x"] + 0.2 * (data["x"] - 3) * (data["m"] - 50) + firm + noise
    return data


def _estimate(data: pd.DataFrame, **model: object) -> ModelResult:
    keys = {"entity": "firm", "time": "year"}
    content = {"id": "m", "estimator": "moderation", "outcome": "y", "treatment": "x"}
    content |= {"moderator": "m", "regressors": ["z"], **model}
    return run_specification(parse_specification({"panel": keys, "models": [content]}), data)[0]


@pytest.mark.parametrize("effects", ["none", "entity", "two_way", ["firm", "year"]])
@pytest.mark.parametrize("vce", [{"type": "classical"}, {"type": "cluster"}])
def test_a_simple_slope_is_the_slope_where_the_moderator_is_measured_from_there(effects, vce):
    data = _panel()
    result = _estimate(data, effects=effects, vce=vce, keep_singletons=True)
    mean, sd = data["m"].mean(), data["m"].std()
    slopes = [term for term in result.terms if term.equation == "simple_slopes"]
    assert [t.term for t in slopes] == ["x[m = mean - sd]", "x[m = mean]", "x[m = mean + sd]"]
    for slope, deviations in zip(slopes, (-1, 0, 1), strict=True):
        away = data["m"] - mean - deviations * sd
        moved = data.assign(d=away, xd=(data["x"] - data["x"].mean()) * away)
        model = {
            "id": "m",
            "estimator": "pooled_ols" if effects == "none" else "fixed_effects",
            "outcome": "y",
            "regressors": ["x", "d", "xd", "z"],
            "effects": effects,
            "vce": vce,
        }
        keys = {"entity": "firm", "time": "year"}
        specification = parse_specification({"panel": keys, "models": [model]})
        [other] = run_specification(specification, moved)
        for name in ("estimate", "std_error", "p_value", "ci_low"):
            expected = getattr(other.terms[0], name)
            assert getattr(slope, name) == pytest.approx(expected, rel=1e-8)
    assert result.statistics["moderator_mean"] == pytest.approx(mean)
    assert result.statistics["moderator_sd"] == pytest.approx(sd)


def test_a_moderator_that_the_effects_absorb_keeps_its_product():
    result = _estimate(_panel(), moderator="size", effects="two_way")
    names = [term.term for term in result.terms if term.equation == "main"]
    assert names == ["x", "x:size", "z", "const"]
    assert any("the effects absorb `size`" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"moderator": "x"}, "`x` is listed twice"),
        ({"treatment": "size", "effects": "entity"}, "`size` is absorbed by the entity effects"),
        ({"moderater": "z"}, "unknown key `moderater`; did you mean `moderator`"),
        ({"regressors": ["x:m"]}, "`x:m` is the interaction itself"),
        ({"vce": {"type": "wild_cluster"}}, "wild_cluster errors are not for"),
    ],
)
def test_what_cannot_be_estimated_is_said(model, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        _estimate(_panel(), **model)
