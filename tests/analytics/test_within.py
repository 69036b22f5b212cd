"""Effects taken out exactly, and every covariance as linearmodels has it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linearmodels.panel import PanelOLS

from analytics.estimators.regression import fit_least_squares
from analytics.estimators.within import Within
from analytics.sections import Vce

LINEARMODELS = {
    "classical": {"cov_type": "unadjusted"},
    "hc0": {"cov_type": "robust"},
    "cluster": {"cov_type": "clustered", "cluster_entity": True},
    "driscoll_kraay": {"cov_type": "kernel", "kernel": "bartlett", "bandwidth": 2},
}


def _unbalanced(seed: int, entities: int, periods: int, share: float) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    entity, time = np.divmod(np.arange(entities * periods), periods)
    stays = random.random(len(entity)) < share
    stays[:2] = True
    return entity[stays], time[stays], random.normal(size=(int(stays.sum()), 3))


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    entities=st.integers(2, 7),
    periods=st.integers(2, 7),
    share=st.floats(0.2, 1),
    effects=st.sampled_from(["none", "entity", "time", "two_way"]),
)
def test_within_is_the_projection_off_the_dummies(seed, entities, periods, share, effects):
    # so sparse that the panel often falls into parts that share neither entity nor period
    entity, time, columns = _unbalanced(seed, entities, periods, share)
    codes = {"none": [], "entity": [entity], "time": [time], "two_way": [entity, time]}[effects]
    dummies = [pd.get_dummies(code).to_numpy(dtype=float) for code in codes]
    dummies = np.hstack([np.zeros((len(entity), 1)), *dummies])
    expected = columns - dummies @ np.linalg.lstsq(dummies, columns, rcond=None)[0]
    within = Within(entity, time, effects)
    np.testing.assert_allclose(within.residuals(columns), expected, atol=1e-11)
    assert within.rank == max(1, np.linalg.matrix_rank(dummies))


@pytest.mark.parametrize("effects", ["none", "entity", "time", "two_way"])
@pytest.mark.parametrize("kind", LINEARMODELS)
def test_plain_covariances_are_those_of_linearmodels(effects, kind):
    entity, time, columns = _unbalanced(1, 15, 8, 0.8)
    columns[:, 0] += entity + columns[:, 1]
    index = pd.MultiIndex.from_arrays([entity, time])
    frame = pd.DataFrame(columns, columns=["y", "x", "z"], index=index).assign(const=1.0)
    expected = PanelOLS(
        frame["y"],
        frame[["x", "z", "const"]],
        entity_effects=effects in ("entity", "two_way"),
        time_effects=effects in ("time", "two_way"),
    ).fit(debiased=False, auto_df=False, count_effects=False, **LINEARMODELS[kind])
    bandwidth = 2 if kind == "driscoll_kraay" else None
    fit = fit_least_squares(
        columns[:, 0],
        pd.DataFrame(columns[:, 1:], columns=["x", "z"]),
        Within(entity, time, effects),
        Vce(type=kind, small_sample="none", bandwidth=bandwidth),
        entity[:, None],
    )
    np.testing.assert_allclose(fit.params, expected.params, rtol=1e-10)
    np.testing.assert_allclose(fit.covariance, expected.cov, rtol=1e-8, atol=1e-14)
