"""The same bytes, however many threads the linear algebra may have."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SPECIFICATION = """
panel: {entity: firm, time: year}
models:
  - {id: fixed, estimator: fixed_effects, outcome: y, regressors: [x, z, w], effects: two_way,
     vce: {type: cluster, by: [firm, year]}, tests: [hausman]}
  - {id: pooled, estimator: pooled_ols, outcome: y, regressors: [x, z, w], vce: {type: hc1}}
  - {id: wild, estimator: fixed_effects, outcome: y, regressors: [x, z], effects: entity,
     vce: {type: wild_cluster, by: [region], replications: 99}}
  - {id: iv, estimator: iv, outcome: y, endogenous: [x], instruments: [z, i], regressors: [w],
     vce: {type: cluster, by: [firm]}}
  - {id: channel, estimator: mediation, outcome: y, treatment: x, mediator: z, regressors: [w],
     effects: two_way, bootstrap: {replications: 50}}
  - {id: regime, estimator: threshold, outcome: y, regime_dependent: [x], regressors: [z],
     threshold_variable: i, thresholds: 2, grid: 50, bootstrap: {replications: 20}}
  - {id: dynamic, estimator: dynamic_panel, outcome: y, regressors: [x], lags: 1,
     gmm_instruments: [{variable: y, lags: [2, 4]}], iv_instruments: [x]}
  - {id: gravity, estimator: ppml, outcome: trade, regressors: [x, z],
     fixed_effects: [firm, year], vce: {type: cluster, by: [firm]}}
  - {id: event, estimator: event_study, outcome: y, cohort: cohort, covariates: [w]}
specification_curve:
  base: fixed
  choices: {outcome: [y, z], treatment: [x, i], effects: [entity, two_way]}
"""


@pytest.mark.slow
def test_results_are_the_same_bytes_with_one_and_with_two_threads(tmp_path):
    random = np.random.default_rng(5)
    firm, year = np.divmod(np.arange(40_000), 10)
    data = pd.DataFrame(random.normal(size=(len(firm), 5)), columns=["y", "x", "z", "w", "i"])
    data = data.assign(firm=firm, year=year, region=firm % 12)
    data["x"] += data["i"] + data["z"]
    data["y"] += data["x"] - data["z"] * (data["i"] > 0) + firm % 7
    data = data.assign(trade=np.exp(data["x"] / 4 + data["w"]), cohort=firm % 4 * 2)
    data.to_parquet(tmp_path / "panel.parquet")
    (tmp_path / "models.yml").write_text(SPECIFICATION, encoding="utf-8")
    one, two = (_written(tmp_path, threads) for threads in (1, 2))
    assert set(one) >= {"results.json", "results.md", "estimates.parquet", "statistics.parquet"}
    assert {name for name in one if one[name] != two[name]} == set()


def _written(folder: Path, threads: int) -> dict[str, bytes]:
    """What `yearbook estimate` writes where it may use so many threads, by the name of the file."""
    names = [f"{who}_NUM_THREADS" for who in ("OMP", "OPENBLAS", "MKL", "RAYON")]
    out = folder / f"threads_{threads}"
    subprocess.run(
        [Path(sys.executable).with_name("yearbook"), "estimate", folder / "models.yml",
         "--panel", folder / "panel.parquet", "--out", out],
        env=os.environ | dict.fromkeys(names, str(threads)),
        check=True,
        capture_output=True,
    )  # fmt: skip
    return {path.name: path.read_bytes() for path in out.iterdir()}
