"""Placebo: slopes are those of refitting, and without an effect p values are uniform."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.errors import SpecificationError
from analytics.figures import placebo_figure
from analytics.panel import resolve_panel
from analytics.results import ModelResult
from analytics.sections import PanelKeys
from analytics.specification import parse_specification
from analytics.study import run_specification

KEYS = {"entity": "firm", "time": "year"}


def _panel(seed: int = 0, effect: float = 0.0, firms: int = 20) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(firms * 5), 5)
    data = pd.DataFrame({"firm": firm, "year": 2000 + year, "z": random.normal(size=firms * 5)})
    treated = random.permutation(firms)[firm] < firms // 3
    data["did"] = (treated & (year >= 3)).astype(float)
    data["y"] = effect * data["did"] + firm + year + data["z"] + random.normal(size=len(data))
    return data


def _model(**model: object) -> dict:
    content = {"id": "m", "estimator": "placebo", "outcome": "y", "treatment": "did"}
    return content | {"regressors": ["z"], "effects": "two_way", **model}


def _estimate(data: pd.DataFrame, keys: dict = KEYS, **model: object) -> ModelResult:
    specification = parse_specification({"panel": keys, "models": [_model(**model)]})
    return run_specification(specification, data)[0]


@pytest.mark.parametrize("assign", ["entities", "periods", "rows"])
@pytest.mark.parametrize("effects", ["two_way", ["firm", "year"]])
def test_slopes_are_those_of_refitting(assign, effects):
    from analytics.estimators.design import model_rows
    from analytics.estimators.placebo import _batches

    data = _panel(1).drop(index=[3, 8, 40, 77]).reset_index(drop=True)
    model = {"assign": assign, "effects": effects, "replications": 8, "seed": 4}
    result = _estimate(data, **model)
    [test] = result.tests
    [parsed] = parse_specification({"panel": KEYS, "models": [_model(**model)]}).models
    rows = model_rows(parsed, resolve_panel(PanelKeys(**KEYS), data))
    [source] = _batches(parsed, rows)
    least = {"estimator": "fixed_effects", "outcome": "y", "regressors": ["did", "z"]}
    refit = parse_specification(
        {"panel": KEYS, "models": [{"id": "m", "effects": effects} | least]}
    )
    for column, slope in zip(source.T, test["draws"], strict=True):
        values = data["did"].to_numpy()
        own = data.assign(did=values[rows.source][column][np.argsort(rows.source)])
        [other] = run_specification(refit, own)
        assert slope == pytest.approx(other.terms[0].estimate, rel=1e-8, abs=1e-12)
        by = {"entities": "firm", "periods": "year"}.get(assign)
        if by == "firm":  # whole histories have moved
            whole = own.groupby("firm")["did"].agg(tuple).value_counts()
            assert whole.equals(data.groupby("firm")["did"].agg(tuple).value_counts())
        if by == "year":
            assert own.groupby("year")["did"].sum().equals(data.groupby("year")["did"].sum())


def test_what_cannot_change_places_is_said():
    assert _estimate(_panel(), replications=9).warnings == ()
    data = _panel().drop(index=[0, 6, 12])  # three firms without a period of their own each
    [said] = _estimate(data, replications=9).warnings
    assert said.startswith("3 of 20 have no other of the same periods to change places with, and")
    few = _panel(firms=4)
    [said] = _estimate(few, replications=99).warnings
    assert said.startswith("treatments can change places in 24 ways alone")
    assert _estimate(few, replications=99, assign="rows").warnings == ()


def test_the_p_value_counts_the_placebos_that_are_as_far():
    result = _estimate(_panel(effect=5.0), replications=99)
    assert result.statistics["placebo_p"] == 1 / 100
    [test] = result.tests
    far = (np.abs(test["draws"]) >= abs(result.terms[0].estimate)).sum()
    assert far == 0
    assert result == _estimate(_panel(effect=5.0), replications=99)
    assert result.tests != _estimate(_panel(effect=5.0), replications=99, seed=2).tests
    assert placebo_figure(test["draws"], test["estimate"]).startswith(b"\x89PNG")


@pytest.mark.slow
def test_without_an_effect_p_values_are_uniform():
    found = [
        _estimate(_panel(seed), replications=99).statistics["placebo_p"] for seed in range(150)
    ]
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_a_cross_section_exchanges_its_rows():
    data = _panel()[lambda d: d["year"] == 2004]
    result = _estimate(data, keys={}, effects="none", replications=50)
    assert result.statistics["placebo_replications"] == 50


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"assign": "years"}, "`assign` is 'years'; expected entities, periods or rows"),
        ({"treatment": "size"}, "`size` is absorbed by the two_way effects"),
        ({"effects": "none", "sample": "firm == 2"}, "no two entities are observed in the same"),
        ({"regressors": ["did"]}, "`did` is listed twice"),
    ],
)
def test_what_cannot_be_estimated_is_said(model, sentence):
    data = _panel().assign(size=lambda d: d["firm"] ** 2)
    with pytest.raises(SpecificationError, match=sentence):
        _estimate(data, **model)
