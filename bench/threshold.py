"""How fast the threshold models are: three thresholds, each tested with 500 replications.

Run with `python bench/threshold.py`, on one core. Each figure stands beside a bare NumPy program
for one regime-dependent regressor in a balanced panel, without checks, intervals or errors, timed
in the same run: it keeps the columns of all candidates and multiplies them with every sample.
A panel of 3,000 x 20, in which these columns do not fit into memory, has a goal in seconds alone.
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
from measuring import show

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analytics.specification import Specification, parse_specification
from analytics.study import run_specification

HANSEN = ROOT.parent / "shared" / "references" / "threshold" / "hansen1999.csv"
REPLICATIONS = 500
CONTROLS = ["q1", "q2", "q3", "d1", "qd1"]


def main() -> None:
    """Print the seconds of each case, of the bare program, their ratio and the goal."""
    large = pd.read_csv(HANSEN) if HANSEN.exists() else _simulated(565, 14)
    cases = [
        ("565 x 14, grid of 393", large, "hansen1999", [0.01, 0.01, 0.05], 0.5),
        ("31 x 11, exhaustive", _simulated(31, 11), "exhaustive", [0.05, 0.05, 0.05], 0.1),
    ]
    print("| case | yearbook, s | bare NumPy, s | ratio | goal, s |")
    print("|---|---|---|---|---|")
    for name, data, convention, trim, goal in cases:
        specification = _specification(convention, trim)
        ours = _best(lambda s=specification, d=data: run_specification(s, d))
        bare = _best(lambda d=data, c=convention, t=trim: bare_program(d, c, t))
        print(f"| {name} | {ours:.3f} | {bare:.3f} | {ours / bare:.2f} | {goal} |")
    specification = _specification("exhaustive", [0.05] * 2, thresholds=2, replications=300)
    data, start = _simulated(3000, 20), time.process_time()
    run_specification(specification, data)
    show(
        "3,000 x 20, exhaustive, two thresholds, 300 replications, s",
        time.process_time() - start,
        5,
    )


def bare_program(data: pd.DataFrame, convention: str, trim: list[float]) -> np.ndarray:
    """F statistics (3, replications) of the three stages."""
    n, periods = data["id"].nunique(), data["year"].nunique()
    is_hansen = convention == "hansen1999"
    last = periods - 1 if is_hansen else periods

    def within(columns: np.ndarray) -> np.ndarray:
        cube = columns.reshape(n, periods, -1)
        return (cube - cube.mean(axis=1, keepdims=True))[:, :last].reshape(n * last, -1)

    q, x = data["d1"].to_numpy(), data["c1"].to_numpy()
    u = np.unique(q)
    if is_hansen:
        gamma = u[np.floor((trim[0] + np.arange(393) / 400) * len(u)).astype(int) - 1]
        low = q[:, None] < gamma
    else:
        gamma = u[int(trim[0] * len(u)) : -int(trim[0] * len(u))]
        low = q[:, None] <= gamma
    basis = np.linalg.qr(within(data[[*CONTROLS, "c1"]].to_numpy()))[0]
    y = within(data["i"].to_numpy())[:, 0]
    y = y - basis @ (basis.T @ y)
    d = within(x[:, None] * low)
    d -= basis @ (basis.T @ d)
    gram = d.T @ d
    random = np.random.default_rng(1)
    place = np.arange(len(gamma))
    found, chosen = [], []
    for stage in range(3):
        width = trim[stage] * len(gamma)
        null = d[:, chosen]
        fit = null @ np.linalg.lstsq(null, y, rcond=None)[0]
        histories = (y - fit).reshape(n, last)
        who = random.integers(n, size=(REPLICATIONS, n))
        samples = fit + histories[who].reshape(REPLICATIONS, -1)
        ssr = (samples**2).sum(axis=1) - ((samples @ basis) ** 2).sum(axis=1)
        products = samples @ d
        found.append(_sequence(products, gram, ssr, stage, place, width)[1])
        products, ssr = (y @ d)[None], np.array([y @ y])
        chosen = [int(at[0]) for at in _sequence(products, gram, ssr, stage, place, width)[0]]
    return np.array(found)


def _sequence(
    products: np.ndarray,
    gram: np.ndarray,
    ssr: np.ndarray,
    stage: int,
    place: np.ndarray,
    width: float,
) -> tuple[list[np.ndarray], np.ndarray]:
    """The thresholds of each sample in sequence, and the ratio of the last two sums of squares."""
    sample = np.arange(len(products))
    own = np.diag(gram)[None]
    is_open = np.ones((1, len(gram)), dtype=bool)
    rows: list[np.ndarray] = []
    chosen: list[np.ndarray] = []
    for step in range(stage + 1):
        gains = np.where(is_open, products**2 / np.where(is_open, own, 1), 0)
        at = gains.argmax(axis=1)
        chosen.append(at)
        before, ssr = ssr, ssr - gains[sample, at]
        if step == stage:
            break
        row = gram[at]
        for earlier in rows:
            row = row - earlier[sample, at][:, None] * earlier
        row = row / np.sqrt(row[sample, at])[:, None]
        products = products - products[sample, at][:, None] / row[sample, at][:, None] * row
        own = own - row**2
        rows.append(row)
        is_open = is_open & (np.abs(place - at[:, None]) > width)
    return chosen, before / ssr - 1


def _specification(
    convention: str, trim: list[float], thresholds: int = 3, replications: int = REPLICATIONS
) -> Specification:
    model = {
        "id": "regime",
        "estimator": "threshold",
        "outcome": "i",
        "regime_dependent": ["c1"],
        "regressors": CONTROLS,
        "threshold_variable": "d1",
        "thresholds": thresholds,
        "convention": convention,
        "trim": trim,
        "grid": 400,
        "bootstrap": {"replications": replications, "seed": 1},
    }
    return parse_specification({"panel": {"entity": "id", "time": "year"}, "models": [model]})


def _simulated(entities: int, periods: int) -> pd.DataFrame:
    """A panel with the columns of Hansen's data and one threshold."""
    random = np.random.default_rng(0)
    data = pd.DataFrame(random.normal(size=(entities * periods, 6)), columns=[*CONTROLS, "c1"])
    data["id"] = np.repeat(np.arange(entities), periods)
    data["year"] = np.tile(np.arange(periods), entities)
    data["i"] = data["c1"] * (data["d1"] > 0) + data["q1"] + random.normal(size=len(data))
    return data


def _best(run: Callable[[], object], times: int = 7) -> float:
    """Seconds of the fastest of several runs, which other programs disturb least."""
    run()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
