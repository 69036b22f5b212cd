"""How fast the specification curve is, and a whole study with its tables.

Run with `python bench/specification_curve.py`, on one core. The curve stands beside two bare NumPy
programs timed in the same run, both without checks, missing values, p values or a table: one that
shares what can be shared (the lower bound), and one that fits each combination for itself.
"""

# ruff: noqa: E402
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy starts its threads

import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analytics.specification import STUDIES, load_study, parse_specification
from analytics.study import run_curve, run_study

PROVINCES, YEARS = 31, 11
OUTCOMES = [f"y{i}" for i in range(4)]
TREATMENTS = [f"d{i}" for i in range(7)]
CONTROLS = [[f"c{i}" for i in range(k)] for k in (0, 1, 2, 3, 5)]
SAMPLES = [None, "year < 2020", "province > 3", "province != 7"]
EFFECTS = ["none", "entity", "two_way"]
ERRORS = ["classical", "hc1", "cluster"]
REGIONS = {"Eastern": 10, "Central": 6, "Western": 12, "Northeast": 3}


def main() -> None:
    """Print the seconds of each case, of the bare programs, their ratio and the goal."""
    data = simulated()
    specification = parse_specification(
        {
            "panel": {"entity": "province", "time": "year"},
            "models": [
                {
                    "id": "base",
                    "estimator": "fixed_effects",
                    "outcome": "y0",
                    "regressors": ["d0", "c0"],
                }
            ],
            "specification_curve": {
                "base": "base",
                "choices": {
                    "outcome": OUTCOMES,
                    "treatment": TREATMENTS,
                    "controls": CONTROLS,
                    "sample": SAMPLES,
                    "effects": EFFECTS,
                    "vce": ERRORS,
                },
            },
        }
    )
    fits, _ = run_curve(specification, data)
    np.testing.assert_allclose(
        shared_fits(data)[:, :2], fits[["estimate", "std_error"]].to_numpy(float), rtol=1e-8
    )
    ours = best(lambda: run_curve(specification, data))
    bound = best(lambda: shared_fits(data))
    alone = best(lambda: [fit_alone(data, *variant) for variant in every_seventh()], 1) * 7
    print("| case | yearbook, s | bare NumPy, s | ratio | goal, s |")
    print("|---|---:|---:|---:|---:|")
    print(
        f"| curve, {len(fits):,} fits, shared | {ours:.2f} | {bound:.2f} | {ours / bound:.1f} | 2 |"
    )
    print(f"| the same, each for itself | {ours:.2f} | {alone:.2f} | {ours / alone:.2f} | |")

    study = load_study(STUDIES / "digital_trade_export_sophistication.yml")
    panel = study_panel()
    without = study.model_copy(update={"specification_curve": None})
    print(f"| study, all tables | {best(lambda: run_study(without, panel)):.2f} | | | 2 |")
    print(f"| study with its curve | {best(lambda: run_study(study, panel)):.2f} | | | |")


def best(run: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of several runs."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def simulated() -> pd.DataFrame:
    """A balanced panel of noise with a trend."""
    random = np.random.default_rng(0)
    province, year = np.divmod(np.arange(PROVINCES * YEARS), YEARS)
    data = pd.DataFrame({"province": province, "year": 2012 + year})
    for name in [*OUTCOMES, *TREATMENTS, *CONTROLS[-1]]:
        data[name] = random.normal(size=len(data)) + province / 10 + year / 10
    return data


def variants() -> list[tuple]:
    """Every combination, in the order of the curve."""
    return list(product(OUTCOMES, TREATMENTS, CONTROLS, SAMPLES, EFFECTS, ERRORS))


def every_seventh() -> list[tuple]:
    """A share of the combinations that has all kinds of them."""
    return variants()[::7]


def shared_fits(data: pd.DataFrame) -> np.ndarray:
    """Estimate and standard error (fits, 2), controls and effects partialled out once a group."""
    place = {v: i for i, v in enumerate(map(str, variants()))}
    found = np.empty((len(place), 2))
    for sample, effects, controls in product(SAMPLES, EFFECTS, CONTROLS):
        part = data if sample is None else data.query(sample)
        province = part["province"].to_numpy()
        columns = demeaned(part[[*controls, *TREATMENTS, *OUTCOMES]].to_numpy(), part, effects)
        k = len(controls)
        if k:
            basis, _ = np.linalg.qr(columns[:, :k])
            columns = columns - basis @ (basis.T @ columns)
        x, y = columns[:, k : k + len(TREATMENTS)], columns[:, k + len(TREATMENTS) :]
        squares = (x**2).sum(axis=0)
        slopes = (y.T @ x) / squares  # (outcomes, treatments)
        residuals = y[:, :, None] - x[:, None, :] * slopes  # (n, outcomes, treatments)
        scores = residuals * x[:, None, :]
        for errors in ERRORS:
            variance = spread(scores, residuals, squares, province, errors)
            error = np.sqrt(factor(len(x), k, province, part, effects, errors) * variance)
            for (i, outcome), (j, treatment) in product(enumerate(OUTCOMES), enumerate(TREATMENTS)):
                variant = (outcome, treatment, controls, sample, effects, errors)
                found[place[str(variant)]] = slopes[i, j], error[i, j]
    return found


def fit_alone(
    data: pd.DataFrame,
    outcome: str,
    treatment: str,
    controls: list[str],
    sample: str | None,
    effects: str,
    errors: str,
) -> tuple[float, float]:
    """One combination, from its sample to its error."""
    part = data if sample is None else data.query(sample)
    columns = demeaned(part[[treatment, *controls, outcome]].to_numpy(), part, effects)
    x, y = columns[:, :-1], columns[:, -1]
    bread = np.linalg.inv(x.T @ x)
    slopes = bread @ (x.T @ y)
    residuals = y - x @ slopes
    province = part["province"].to_numpy()
    if errors == "classical":
        covariance = bread * (residuals @ residuals) / len(y)
    else:
        scores = x * residuals[:, None]
        if errors == "cluster":
            scores = sums(scores, province)
        covariance = bread @ (scores.T @ scores) @ bread
    scale = factor(len(y), len(controls), province, part, effects, errors)
    return slopes[0], np.sqrt(scale * covariance[0, 0])


def demeaned(columns: np.ndarray, part: pd.DataFrame, effects: str) -> np.ndarray:
    """Columns less their means, of a balanced panel."""
    years = part["year"].nunique()
    cube = columns.reshape(-1, years, columns.shape[1])
    mean = cube.mean(axis=(0, 1))
    if effects == "none":
        return columns - mean
    cube = cube - cube.mean(axis=1, keepdims=True)
    if effects == "two_way":
        cube = cube - cube.mean(axis=0, keepdims=True)
    return cube.reshape(columns.shape)


def spread(
    scores: np.ndarray,
    residuals: np.ndarray,
    squares: np.ndarray,
    province: np.ndarray,
    errors: str,
) -> np.ndarray:
    """Variances (outcomes, treatments) before the small-sample factor."""
    if errors == "classical":
        return (residuals**2).mean(axis=0) / squares
    if errors == "cluster":
        scores = sums(scores, province)
    return (scores**2).sum(axis=0) / squares**2


def sums(scores: np.ndarray, province: np.ndarray) -> np.ndarray:
    """Sums by province, whose rows stand together."""
    return np.add.reduceat(scores, np.flatnonzero(np.diff(province, prepend=-1)), axis=0)


def factor(
    n: int, k: int, province: np.ndarray, part: pd.DataFrame, effects: str, errors: str
) -> float:
    """Stata's small-sample factor."""
    groups, years = len(np.unique(province)), part["year"].nunique()
    if errors == "cluster":  # provinces are nested in the clusters and do not count
        used = k + 1 + (years if effects == "two_way" else 1)
        return groups / (groups - 1) * (n - 1) / (n - used)
    used = k + 1 + {"none": 1, "entity": groups, "two_way": groups + years - 1}[effects]
    return n / (n - used)


def study_panel() -> pd.DataFrame:
    """A panel with every column of the study."""
    random = np.random.default_rng(1)
    number, year = np.divmod(np.arange(PROVINCES * YEARS), YEARS)
    data = pd.DataFrame({"province_code": (110000 + 10000 * number).astype(str)})
    data["province_name_en"] = [f"Province {n + 1}" for n in number]
    data["year"] = 2012 + year
    regions = [region for region, count in REGIONS.items() for _ in range(count)]
    data["region"] = [regions[n] for n in number]
    data["is_municipality"] = number < 4
    for name in ("dige", "market", "open", "fin", "urban", "edu", "str"):
        data[name] = random.normal(size=len(data)) + number / 10 + year / 10
    data["expy"] = 0.3 * data["dige"] + year / 10 + random.normal(size=len(data))
    for variant in ("entropy_no_shift", "equal", "pca", "no_overlap", "provincial_only"):
        data[f"dige_{variant}"] = data["dige"] + random.normal(size=len(data)) / 10
    for variant in ("fixed_prody", "leave_one_out"):
        data[f"expy_{variant}"] = data["expy"] + random.normal(size=len(data)) / 10
    data["expy_yuan"] = np.exp(data["expy"]) * 10_000
    return data.assign(share_imputed=0.1, share_proxy=0.2)


if __name__ == "__main__":
    main()
