"""What is printed is what linearmodels has, and what a repetition computes."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import AbsorbingLS

from analytics.estimators import instrumental
from analytics.estimators.registry import AnyModel
from analytics.model import Model
from analytics.panel import Panel, resolve_panel
from analytics.paper_tables import NAMED
from analytics.results import ModelResult
from analytics.sections import PanelKeys
from analytics.specification import parse_specification
from orchestration.translations import in_chinese

LEAST_SQUARES = {"estimator": "fixed_effects", "outcome": "y", "regressors": ["x", "z"]}
INSTRUMENTED = {
    "estimator": "iv",
    "outcome": "y",
    "endogenous": ["x"],
    "instruments": ["i", "j"],
    "regressors": ["z"],
}
MEDIATED = {
    "estimator": "mediation",
    "outcome": "y",
    "treatment": "x",
    "mediator": "z",
    "regressors": ["i"],
    "bootstrap": {"replications": 20},
}
ERRORS = [
    {"type": "classical"},
    {"type": "hc1"},
    {"type": "cluster", "by": ["firm"]},
    {"type": "cluster", "by": ["firm", "year"]},
]


@pytest.fixture(scope="module")
def panel() -> Panel:
    """An unbalanced panel in which years and firms matter, with numbers of unlike size."""
    random = np.random.default_rng(3)
    firm, year = np.divmod(np.arange(180), 9)
    data = pd.DataFrame(random.normal(size=(180, 5)), columns=["e", "x", "z", "i", "j"])
    data = data.assign(firm=firm, year=2000 + year)
    data["x"] += data["i"] + 0.5 * data["j"] + firm / 5
    data["y"] = 1e4 * (data["x"] - data["z"] + data["e"] + firm / 3 + year / 2)
    return resolve_panel(PanelKeys(entity="firm", time="year"), data.sample(150, random_state=1))


def _model(content: dict, effects: str, vce: dict) -> Model:
    model = {"id": "m", **content, "effects": effects, "vce": vce}
    keys = {"entity": "firm", "time": "year"}
    [model] = parse_specification({"panel": keys, "models": [model]}).models
    return model


def _numbers(result: ModelResult) -> np.ndarray:
    names = ("estimate", "std_error", "p_value", "ci_low", "ci_high")
    numbers = [[getattr(term, name) for name in names] for term in result.terms]
    return np.array(numbers, dtype=float)


@pytest.mark.parametrize("effects", ["none", "entity", "time", "two_way"])
@pytest.mark.parametrize("vce", ERRORS, ids=["classical", "hc1", "cluster", "two_clusters"])
@pytest.mark.parametrize(
    "content", [LEAST_SQUARES, INSTRUMENTED, MEDIATED], ids=lambda content: content["estimator"]
)
def test_a_repetition_is_what_would_be_printed(panel, content, effects, vce):
    model = _model(content, effects, vce)
    printed, repeated = model.estimate(panel), model.repeat(panel)
    np.testing.assert_allclose(_numbers(repeated), _numbers(printed), rtol=1e-10)
    assert [term.term for term in repeated.terms] == [term.term for term in printed.terms]
    assert (repeated.nobs, repeated.n_singletons) == (printed.nobs, printed.n_singletons)


def test_repetitions_of_instrumental_variables_do_without_linearmodels(monkeypatch, panel):
    model = _model(INSTRUMENTED, "two_way", {"type": "hc1"})

    def unwanted(*_: object) -> None:
        raise AssertionError("linearmodels")

    monkeypatch.setattr(instrumental, "_fit", unwanted)
    model.repeat(panel)
    with pytest.raises(AssertionError, match="linearmodels"):
        model.estimate(panel)


@pytest.mark.parametrize("effects", ["none", "entity", "time", "two_way"])
@pytest.mark.parametrize("apart", [1.0, 1e-4])
def test_slopes_are_those_of_linearmodels_however_near_to_collinear(panel, effects, apart):
    data = panel.data.assign(z=panel.data["x"] + apart * panel.data["z"])
    model = _model(LEAST_SQUARES, effects, {"type": "classical"})
    found = model.estimate(resolve_panel(panel.keys, data))
    x, y = data[["x", "z"]].to_numpy(), data["y"].to_numpy()
    dimensions = {"entity": ["firm"], "time": ["year"], "two_way": ["firm", "year"]}
    if effects == "none":
        expected = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y)[0][:2]
    else:
        absorbed = data[dimensions[effects]].astype("category").reset_index(drop=True)
        expected = AbsorbingLS(y, pd.DataFrame(x), absorb=absorbed).fit().params
    slopes = [term.estimate for term in found.terms[:2]]
    np.testing.assert_allclose(slopes, expected, rtol=1e-10)


def test_an_estimator_is_a_module_of_its_own():
    kinds = get_args(get_args(AnyModel)[0])
    assert len({kind.__module__ for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.__module__.startswith("analytics.estimators.")
        assert kind.estimate is not Model.estimate and kind.repeat is not Model.repeat


def test_tables_for_papers_have_words_for_each_estimator():
    """In English (`NAMED`) and in Chinese, abbreviations aside."""
    kinds = get_args(get_args(AnyModel)[0])
    names = [n for kind in kinds for n in get_args(kind.model_fields["estimator"].annotation)]
    words = [NAMED.get(name, name) for name in names]
    assert [each for each in words if in_chinese(each) == each and not each.isupper()] == []
