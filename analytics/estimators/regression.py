"""One regression of an outcome on regressors, a constant and effects, with its covariance.

The effects are taken out by the within transformation, the covariance is that of `covariance.py`,
which every estimator here shares: programs differ in it, and each convention is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError
from analytics.estimators.covariance import positive, prepare_errors, without_vanishing
from analytics.estimators.design import check_collinearity, standardised
from analytics.estimators.inference import (
    FEW_CLUSTERS,
    estimate_of,
    few_clusters,
    no_errors,
    wald,
    wald_statistics,
)
from analytics.estimators.within import Within
from analytics.results import Estimate
from analytics.sections import Vce

NO_MODEL_TEST = (
    "the F of the model does not exist: its slopes do not all have errors of their own, as with "
    "fewer clusters than slopes"
)


@dataclass(frozen=True)
class Fit:
    """Least squares of n rows on k regressors and a constant."""

    params: np.ndarray  # (k + 1,), the constant last
    covariance: np.ndarray  # (k + 1, k + 1)
    residuals: np.ndarray  # (n,), net of the effects
    df: int | None  # of the t distribution; None is the normal distribution
    statistics: dict[str, float]  # R2s, F; n_clusters (periods for Driscoll and Kraay errors)
    inflation: tuple[np.ndarray, np.ndarray | None]  # of variances (k,), and net of the effects
    is_covariance_repaired: bool
    periods_without_rows: int = 0  # that the lags of its errors pass over

    def without_errors(self, names: Sequence[str]) -> list[str]:
        """The names of the slopes (k,) whose error does not exist."""
        return [name for name, v in zip(names, np.diag(self.covariance), strict=False) if v == 0]


def fit_least_squares(
    outcome: np.ndarray,
    regressors: pd.DataFrame,
    within: Within,
    vce: Vce,
    clusters: np.ndarray,
) -> Fit:
    """Least squares of `outcome` (n,) on `regressors` (n, k), a constant and the effects.

    `within` takes the effects out, `clusters` (n, 0 to 2) are integer codes. With effects, the
    constant is the one Stata reports: every variable is measured from its group mean plus its
    grand mean.
    """
    total, net_y = _net_outcome(outcome, within)
    names = list(regressors.columns)
    x, center, scale = standardised(regressors, within)
    net_x = within.residuals(x)
    check_collinearity(names, net_x, within.effects)
    errors = prepare_errors(vce, x.shape[1], within.entity, within.time, clusters, within)
    bread = np.zeros((len(names) + 1, len(names) + 1))
    bread[:-1, :-1], bread[-1, -1] = np.linalg.inv(net_x.T @ net_x), 1 / len(outcome)
    slopes = _slopes(net_x, net_y, bread[:-1, :-1])
    residuals = net_y - net_x @ slopes
    design = np.column_stack([net_x, within.weighted(np.ones(len(outcome)))])
    square = float(net_y @ net_y)
    spread = square / len(outcome)
    covariance = errors.covariance(bread, design, residuals, spread)
    # The slopes alone: under two-way effects the constant's scores add up to nothing in either
    # dimension, so that its variance is negative by construction and says nothing about them
    covariance[:-1, :-1], is_repaired = positive(covariance[:-1, :-1])
    back = unstandardising(center, scale)
    # Beside regressors whose mean is 0 the constant is the mean
    params = back @ np.append(slopes, within.mean(outcome))
    y, p = (
        within.weighted(v - within.mean(v)) for v in (outcome, regressors.to_numpy() @ params[:-1])
    )
    statistics = _goodness(y, p, residuals, total, square)
    if not within.codes:
        statistics = {"r2_overall": statistics["r2_overall"]}
    if errors.groups is not None:
        statistics["n_clusters"] = float(errors.groups)
    inflation = _inflation(within.weighted(x)), _inflation(net_x) if within.codes else None
    if len(names) > 1:
        statistics |= {"vif_mean": float(inflation[0].mean()), "vif_max": float(inflation[0].max())}
    covariance = restored(covariance, back, spread * bread)
    return Fit(
        params=params,
        covariance=covariance,
        residuals=residuals,
        df=errors.df,
        statistics=statistics | model_test(params[:-1], covariance[:-1, :-1], errors.df),
        inflation=inflation,
        is_covariance_repaired=is_repaired,
        periods_without_rows=errors.periods_without_rows,
    )


def _slopes(x: np.ndarray, y: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Least squares (k,) of y (n,) on x (n, k), whose inverse Gram matrix is known.

    The residuals are regressed once more, so that regressors that are nearly collinear cost no more
    digits than by an orthogonal decomposition (Bjorck 1987, corrected seminormal equations).
    """
    slopes = inverse @ (x.T @ y)
    return slopes + inverse @ (x.T @ (y - x @ slopes))


def model_test(slopes: np.ndarray, covariance: np.ndarray, df: int | None) -> dict[str, float]:
    """The F of the model: that all slopes (k,) are 0; chi-squared without df.

    Nothing where the covariance has not the rank k, as with fewer clusters than slopes.
    """
    test = wald(slopes, covariance, df)
    if test["df_num"] < len(slopes):
        return {}
    denominator = {} if df is None else {"model_df_denom": float(df)}
    return wald_statistics("model", test) | denominator


def _inflation(x: np.ndarray) -> np.ndarray:
    """Variance inflation factors (k,) of regressors (n, k) whose means are 0: 1 / (1 - R2)."""
    gram = x.T @ x
    return np.diag(gram) * np.diag(np.linalg.inv(gram))


def inference(
    fit: Fit, names: Sequence[str], constant: Sequence[str] = ("const",)
) -> tuple[Estimate, ...]:
    """Each coefficient with its error, two-sided p value and 95 % interval; the constant last."""
    terms = [
        estimate_of(name, float(value), float(variance), fit.df)
        for name, value, variance in zip(
            [*names, *constant], fit.params, np.diag(fit.covariance), strict=True
        )
    ]
    raw, net = fit.inflation
    for place, factor in enumerate(raw):
        within = None if net is None else float(net[place])
        terms[place] = replace(terms[place], vif=float(factor), vif_within=within)
    return tuple(terms)


def warnings_of(fit: Fit, names: Sequence[str]) -> list[str]:
    """What a reader has to know about the errors."""
    found = []
    n_clusters = fit.statistics.get("n_clusters", FEW_CLUSTERS)
    if n_clusters < FEW_CLUSTERS:
        found.append(few_clusters(n_clusters))
    if fit.periods_without_rows:
        found.append(
            f"no row is of {fit.periods_without_rows} of the periods between the first and the "
            "last: the lags of Driscoll and Kraay errors count observed periods as following "
            "each other"
        )
    if lacking := fit.without_errors(names):
        found.append(no_errors(lacking))
    if "model_p" not in fit.statistics:
        found.append(NO_MODEL_TEST)
    if fit.covariance[-1, -1] < 0:
        found.append("the two-way clustered variance of const is negative: it has no error")
    if fit.is_covariance_repaired:
        found.append("the two-way clustered covariance had negative eigenvalues, set to 0")
    return found


def unstandardising(center: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The matrix (k + 1, k + 1) that takes standardised coefficients back to the units given."""
    back = np.diag(np.append(1 / scale, 1.0))
    back[-1, :-1] = -center / scale
    return back


def restored(covariance: np.ndarray, back: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The covariance in the units given; the constant has no error where a slope has none.

    `scale` is the covariance that the coefficients would have if nothing were explained.
    """
    found = back @ covariance @ back.T
    if not np.diag(covariance)[:-1].all():
        found[-1], found[:, -1] = 0.0, 0.0
    return without_vanishing(found, np.diag(back @ scale @ back.T))


def _net_outcome(outcome: np.ndarray, within: Within) -> tuple[float, np.ndarray]:
    """The sum of squares of the outcome about its mean, and the outcome (n,) net of the effects as
    well; neither may be nothing.
    """
    mean = within.mean(outcome)
    deviations = outcome - mean
    weighted = within.weighted(deviations)
    total = float(weighted @ weighted)
    # As of a regressor: what lies beyond the digits that a number has is rounding
    if np.ptp(outcome) == 0 or total <= 1e-24 * mean**2 * len(outcome):
        raise SpecificationError(f"the outcome has the single value {outcome[0]:g}")
    net = within.residuals(deviations)
    if float(net @ net) < 1e-20 * total:
        raise SpecificationError(f"the outcome does not vary beyond its {within.effects} effects")
    return total, net


def _goodness(
    y: np.ndarray, p: np.ndarray, residuals: np.ndarray, total: float, net: float
) -> dict[str, float]:
    """R2s, of deviations; overall is the squared correlation with the slopes' prediction p (n,)."""
    overall = float((y @ p) ** 2 / ((y @ y) * (p @ p))) if p.any() else 0.0
    residual = float(residuals @ residuals)
    return {"r2_overall": overall, "r2_within": 1 - residual / net, "r2_lsdv": 1 - residual / total}
