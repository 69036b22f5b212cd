"""Two engines, one result: what linearmodels prints and what repetitions compute."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import instrumental, regression
from analytics.estimators.registry import AnyModel
from analytics.model import Model, PanelKeys
from analytics.results import ModelResult
from analytics.rows import Panel, resolve_panel
from analytics.specification import parse_specification

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


@pytest.mark.parametrize(
    "content", [LEAST_SQUARES, INSTRUMENTED, MEDIATED], ids=lambda content: content["estimator"]
)
def test_each_engine_works_alone(monkeypatch, panel, content):
    model = _model(content, "two_way", {"type": "hc1"})

    def unwanted(*_: object) -> None:
        raise AssertionError("the other engine")

    with monkeypatch.context() as patched:
        patched.setattr(regression, "_fitted", unwanted)
        patched.setattr(regression, "_KNOWN", {})
        patched.setattr(instrumental, "_fit", unwanted)
        model.repeat(panel)
        with pytest.raises(AssertionError, match="the other engine"):
            model.estimate(panel)


def test_an_estimator_is_a_module_of_its_own():
    kinds = get_args(get_args(AnyModel)[0])
    assert len({kind.__module__ for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.__module__.startswith("analytics.estimators.")
        assert kind.estimate is not Model.estimate and kind.repeat is not Model.repeat
