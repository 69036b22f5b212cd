"""What an estimation returns, and the same as tidy tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.tables import ESTIMATES, MODELS, STATISTICS, THRESHOLD_SEARCH

STAGES = {1: "single", 2: "double", 3: "triple"}
STAGE = ("ssr", "f_statistic", "p_value", "crit_10", "crit_05", "crit_01", "replications")


@dataclass(frozen=True)
class Estimate:
    """One coefficient. None where it does not exist (an error of zero has no statistic)."""

    term: str
    estimate: float
    std_error: float | None
    statistic: float | None
    p_value: float | None
    ci_low: float | None  # of the 95 % interval
    ci_high: float | None
    equation: str = "main"
    vif: float | None = None  # the variance inflation factor of the regressor among the others
    vif_within: float | None = None  # the same net of the effects


@dataclass(frozen=True)
class ModelResult:
    """One estimated model, or the reason why there is none (no terms, numbers None)."""

    model_id: str
    estimator: str
    outcome: str
    effects: str
    vce: str
    weights: str | None = None
    convention: str | None = None  # of several in the literature, the one that was followed
    panel: str | None = None  # the table of the warehouse that its rows are of
    sample: str | None = None
    table_number: int | None = None
    column_number: int | None = None
    nobs: int | None = None
    n_entities: int | None = None
    n_periods: int | None = None
    n_dropped_missing: int | None = None
    n_singletons: int | None = None
    entities_dropped: tuple[str, ...] = ()
    terms: tuple[Estimate, ...] = ()
    statistics: Mapping[str, float] = field(default_factory=dict)
    # Numbers, texts and lists of them, as they go into results.json
    tests: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    # Which rows of the panel were used, counted from 0 as they were handed in
    rows: np.ndarray = field(
        default_factory=lambda: np.empty(0, dtype=np.int64), repr=False, compare=False
    )


def tidy_models(study: str, results: Iterable[ModelResult]) -> pd.DataFrame:
    """One row a model, with the columns of MODELS."""
    rows = [
        {
            **{name: getattr(result, name, None) for name in MODELS.columns},
            "study": study,
            "entities_dropped": "; ".join(sorted(result.entities_dropped)) or None,
            "warnings": "; ".join(sorted(result.warnings)) or None,
            "r2_within": result.statistics.get("r2_within"),
            "r2_lsdv": result.statistics.get("r2_lsdv"),
            "f_statistic": result.statistics.get("model_f"),
            "f_df_num": result.statistics.get("model_df"),
            "f_df_denom": result.statistics.get("model_df_denom"),
            "f_p_value": result.statistics.get("model_p"),
        }
        for result in results
    ]
    return MODELS.frame(rows)


def tidy_estimates(study: str, results: Iterable[ModelResult]) -> pd.DataFrame:
    """One row a coefficient, with the columns of ESTIMATES."""
    rows = [
        {
            **{name: getattr(term, name, None) for name in ESTIMATES.columns},
            "study": study,
            "model_id": result.model_id,
        }
        for result in results
        for term in result.terms
    ]
    return ESTIMATES.frame(rows)


def tidy_statistics(study: str, results: Iterable[ModelResult]) -> pd.DataFrame:
    """One row a statistic of a model, with the columns of STATISTICS."""
    rows = [
        {"study": study, "model_id": result.model_id, "name": name, "value": value}
        for result in results
        for name, value in sorted({**result.statistics, **stage_statistics(result)}.items())
    ]
    return STATISTICS.frame(rows)


def tidy_threshold_search(study: str, results: Iterable[ModelResult]) -> pd.DataFrame:
    """One row a candidate for a threshold, with the columns of THRESHOLD_SEARCH."""
    rows = [
        {
            "study": study,
            "model_id": result.model_id,
            "thresholds": test["thresholds"],
            "position": position,
            "threshold": curve["threshold"],
            "candidate": candidate,
            "likelihood_ratio": ratio,
        }
        for result in results
        for test in result.tests
        for position, curve in enumerate(test.get("lr_curve", ()), start=1)
        # Quantiles of few values coincide: each is one candidate
        for candidate, ratio in dict(zip(curve["gamma"], curve["lr"], strict=True)).items()
    ]
    return THRESHOLD_SEARCH.frame(rows)


def stage_statistics(result: ModelResult) -> dict[str, float]:
    """The tests of one, two and three thresholds as statistics: `single_p_value` and so on."""
    found: dict[str, float] = {}
    for test in result.tests:
        if (stage := STAGES.get(test.get("thresholds", 0))) is None:
            continue
        found |= {f"{stage}_{name}": float(test[name]) for name in STAGE if test[name] is not None}
        for name in ("estimate", "ci_low", "ci_high"):
            found |= {f"{stage}_{name}_{i}": float(v) for i, v in enumerate(test[name], start=1)}
    return found
