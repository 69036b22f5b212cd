"""How fast System GMM is: the employment equation of Arellano and Bond, two steps, all tests.

Run with `python bench/dynamic_panel.py`, on one core. Each figure stands beside a bare NumPy
program timed in the same run. It is handed X, y, H and the instruments Z as dense matrices and
computes two steps, corrected errors and Hansen's J: it selects no rows, builds no instruments,
tests no more.
"""

# ruff: noqa: E402
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy starts its threads

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analytics.estimators.dynamic_equations import (
    Equations,
    Instruments,
    build_instruments,
    stack_equations,
)
from analytics.estimators.dynamic_gmm import fit_gmm
from analytics.estimators.dynamic_panel import estimate_dynamic_panel
from analytics.panel import resolve_panel
from analytics.rows import select_rows
from analytics.specification import parse_specification

EMPLOYMENT = ROOT.parent / "shared" / "references" / "dynamic_panel" / "abdata.csv"
GOAL = 6.0  # milliseconds, from the panel to the result
MODEL = {
    "id": "employment",
    "estimator": "dynamic_panel",
    "outcome": "n",
    "lags": 2,
    "regressors": ["w", "k"],
    "gmm_instruments": [{"variable": "n", "lags": [2, 4]}, {"variable": "w", "lags": [1, 3]}],
    "iv_instruments": ["k"],
    "collapse": False,
}


def main() -> None:
    """Print the milliseconds of each part, their ratio to the bare program, and the goal."""
    data = pd.read_csv(EMPLOYMENT) if EMPLOYMENT.exists() else _simulated()
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [MODEL]}
    specification = parse_specification(content)
    model = specification.models[0]
    panel = resolve_panel(specification.panel, data)

    wide = data.pivot(index="firm", columns="year")
    n, w, k = (wide[name].to_numpy() for name in ("n", "w", "k"))
    lags = [np.pad(n[:, :-lag], ((0, 0), (lag, 0)), constant_values=np.nan) for lag in (1, 2)]
    variables = np.stack([n, *lags, w, k])
    gmm = list(zip(model.gmm_instruments, (n, w), strict=True))
    iv = list(zip(model.iv_instruments, (k,), strict=True))

    def stack() -> Equations:
        return stack_equations(variables, model.terms[1:], ~np.isnan(n), is_system=True)

    def instrument() -> Instruments:
        return build_instruments(equations, gmm, iv, collapse=False)[0]

    equations = stack()
    instruments = instrument()
    fit = fit_gmm(equations, instruments)
    matrices = _dense(equations, instruments)
    params, covariance = bare_program(*matrices)
    assert np.allclose(params, fit.params, rtol=1e-8)
    assert np.allclose(covariance, fit.covariance, rtol=1e-6)

    bare = _best(lambda: bare_program(*matrices))
    cases = {
        "equations": stack,
        "instruments": instrument,
        "estimates and tests": lambda: fit_gmm(equations, instruments),
        "these three": lambda: fit_gmm(stack(), instrument()),
        "selection of rows": lambda: select_rows(panel, model.terms),
        f"panel to result (goal {GOAL:g})": lambda: estimate_dynamic_panel(model, panel),
    }
    print(f"{len(n)} entities, {equations.used.sum()} rows, {len(instruments.start)} instruments")
    print("| part | yearbook, ms | bare NumPy, ms | ratio |")
    print("|---|---|---|---|")
    for name, run in cases.items():
        ours = _best(run)
        print(f"| {name} | {ours:.2f} | {bare:.2f} | {ours / bare:.2f} |")


def bare_program(
    z: np.ndarray, x: np.ndarray, y: np.ndarray, h: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Two-step estimates and covariance of Z (N, R, j), X (N, R, k), y (N, R) and H (R, R)."""
    flat = z.reshape(-1, z.shape[2])
    transposed = z.transpose(0, 2, 1)
    zx, zy = transposed @ x, (transposed @ y[:, :, None])[:, :, 0]
    sum_zx, sum_zy = zx.sum(axis=0), zy.sum(axis=0)
    a1 = np.linalg.inv(flat.T @ (h @ z).reshape(flat.shape))
    first = np.linalg.inv(sum_zx.T @ a1 @ sum_zx) @ sum_zx.T @ a1
    g = zy - zx @ (first @ sum_zy)
    s = g.T @ g
    a2 = np.linalg.inv(s)
    bread = np.linalg.inv(sum_zx.T @ a2 @ sum_zx)
    second = bread @ sum_zx.T @ a2
    params = second @ sum_zy
    moments = sum_zy - sum_zx @ params
    weighted = a2 @ moments
    assert moments @ weighted >= 0  # Hansen's J
    d = second @ (np.tensordot(g @ weighted, zx, 1) + g.T @ (zx.transpose(0, 2, 1) @ weighted))
    correction = d @ bread
    return params, bread + correction + correction.T + d @ (first @ s @ first.T) @ d.T


def _dense(equations: Equations, instruments: Instruments) -> tuple[np.ndarray, ...]:
    """Z, X, y and H in full."""
    n, rows = equations.used.shape
    is_first = np.zeros(len(instruments.row), dtype=int)
    is_first[instruments.start[1:]] = 1
    z = np.zeros((n, rows, len(instruments.start)))
    z[:, instruments.row, np.cumsum(is_first)] = instruments.values
    x = np.moveaxis(equations.data[1:], 0, 2).copy()
    stacked = np.concatenate([equations.transform, np.eye(equations.periods)])
    return z, x, equations.data[0], stacked @ stacked.T


def _simulated() -> pd.DataFrame:
    """Random walks of the size of the employment data."""
    random = np.random.default_rng(1)
    keys = [(firm, year) for firm in range(140) for year in range(8)]
    data = pd.DataFrame(keys, columns=["firm", "year"])
    for name in ("n", "w", "k"):
        walk = random.normal(size=(140, 1)) + 0.5 * random.normal(size=(140, 8)).cumsum(axis=1)
        data[name] = walk.ravel()
    return data


def _best(run: Callable[[], object], repetitions: int = 300) -> float:
    """Milliseconds of the best of many warm runs."""
    run()
    spent = []
    for _ in range(repetitions):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return 1e3 * min(spent)


if __name__ == "__main__":
    main()
