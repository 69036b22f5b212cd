"""Each mistake in a specification, or between it and the panel, is one sentence that names it."""

from pathlib import Path

import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.specification import load_specification, parse_specification
from analytics.study import run_specification

MODEL = {"id": "m", "estimator": "fixed_effects", "outcome": "y", "regressors": ["x"]}
PANEL = pd.DataFrame(
    {
        "firm": [1, 1, 1, 2, 2, 2],
        "year": [2000, 2001, 2002] * 2,
        "y": [1.0, 2.0, 4.0, 2.0, 5.0, 3.0],
        "x": [0.0, 1.0, 3.0, 1.0, 2.0, 0.0],
        "words": list("abcdef"),
    }
)


def _content(keys: dict | None = None, **model: object) -> dict:
    return {"panel": keys or {"entity": "firm", "time": "year"}, "models": [MODEL | model]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "expected a mapping"),
        ({"panel": {"entity": "firm"}}, "the key `models` is missing"),
        (
            _content(regresors=["x"]),
            "model `m`: unknown key `regresors`; did you mean `regressors`",
        ),
        (_content(vce={"tipe": "hc1"}), "unknown key `vce.tipe`; did you mean `type`"),
        (_content(keys={"entity": "firm", "unit": "y"}), "`panel.unit`; known keys: entity, time"),
        (_content(effects="twoway"), "`effects` is 'twoway'; expected none, entity, time or two"),
        (_content(estimator="probit"), "`estimator` is 'probit'; expected pooled_ols"),
        (_content(regressors="x"), "`regressors` is 'x'; expected a list"),
        (_content(regressors=[]), "`regressors` is empty"),
        (_content(outcome=3), "`outcome` is 3; expected text"),
        (_content(regressors=["x", "x"]), "regressor `x` is listed twice"),
        (_content(regressors=["y"]), "`y` is both the outcome and a regressor"),
        (_content(estimator="pooled_ols", effects="time"), "pooled_ols has no effects"),
        (_content(sample="year.real > 1"), "model `m`: sample .*`year.real` is not allowed"),
        (_content(winsorise={"limits": [0.9, 0.1]}), "ascending order"),
        (_content(vce={"type": "hc1", "by": ["firm"]}), "`by` is for clustered errors"),
        (_content(vce={"type": "hc1", "bandwidth": 1}), "`bandwidth` is for driscoll_kraay"),
        (_content(keys={"entity": "firm"}, effects="time"), "`m` needs `panel.time`"),
        (_content() | {"models": [MODEL, MODEL]}, "two models have the id `m`"),
    ],
)
def test_mistakes_in_the_specification(content, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        parse_specification(content)


@pytest.mark.parametrize(
    ("change", "model", "sentence"),
    [
        ({}, {"regressors": ["z"]}, "model `m`: the panel has no column `z`"),
        ({}, {"regressors": ["words"]}, "column `words` holds text .*'a'"),
        ({}, {"sample": "year > 2010"}, "the sample `year > 2010` leaves no rows"),
        ({}, {"vce": {"type": "cluster", "by": ["town"]}}, "no column `town`"),
        ({}, {"winsorise": {"limits": [0, 0.9], "columns": ["w"]}}, "winsorise: `w` is not"),
        ({"x": None}, {}, "no row has all of `y`, `x`"),
        ({"x": float("inf")}, {}, "column `x` is infinite in row 1"),
        ({"year": [2000, 2001, 2001] * 2}, {}, "two rows of the panel have firm 1 in year 2001"),
        ({"year": ["2000", "soon", "2002"] * 2}, {}, "column `year` .*'soon' in row 2"),
        ({"firm": [1, None, 1, 2, 2, 2]}, {}, "column `firm` .* is empty in row 2"),
    ],
)
def test_mistakes_between_specification_and_panel(change, model, sentence):
    specification = parse_specification(_content(**model))
    with pytest.raises(SpecificationError, match=sentence):
        run_specification(specification, PANEL.assign(**change))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"models: [\n", "is not valid YAML in line 2"),
        ("模型".encode("gb18030"), "is not text in UTF-8"),
        (b"- a\n", "expected a mapping"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text, sentence):
    path = tmp_path / "broken.yml"
    path.write_bytes(text)
    with pytest.raises(SpecificationError, match=f"broken.yml: {sentence}"):
        load_specification(path)
    with pytest.raises(SpecificationError, match=r"absent\.yml: cannot be read"):
        load_specification(tmp_path / "absent.yml")
