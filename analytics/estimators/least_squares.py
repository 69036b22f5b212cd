"""Pooled least squares and fixed effects (entity, time, both), on balanced or unbalanced panels.

linearmodels computes the estimates and the plain sandwich; what differs between programs, the
small-sample factor and the reference distribution, is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from linearmodels.panel.data import PanelData
from scipy import stats
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analytics.errors import CollinearityError, SpecificationError
from analytics.results import Estimate, ModelResult
from analytics.rows import Panel, select_rows
from analytics.specification import Effects, Model, Vce

# Share of a regressor's length that the others must leave: twice the threshold of linearmodels,
# whose own error names the regressor less well
COLLINEAR = 2e-5
FEW_CLUSTERS = 10
CONFIDENCE = 0.95
LINEARMODELS_COVARIANCE = {
    "classical": "unadjusted",
    "hc0": "robust",
    "hc1": "robust",
    "cluster": "clustered",
    "driscoll_kraay": "kernel",
}
WITHIN = {"entity": "entity", "time": "time", "two_way": "both"}


@dataclass(frozen=True)
class Fit:
    """Least squares of n rows on k regressors and a constant."""

    params: np.ndarray  # (k + 1,), the constant last
    covariance: np.ndarray  # (k + 1, k + 1)
    residuals: np.ndarray  # (n,), net of the effects
    df: int | None  # of the t distribution; None is the normal distribution
    statistics: dict[str, float]  # R2s; n_clusters (periods for Driscoll and Kraay errors)
    is_covariance_repaired: bool


def estimate_least_squares(model: Model, panel: Panel) -> ModelResult:
    """Estimate a `pooled_ols` or `fixed_effects` model.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or absorbed by the effects.
    """
    if not model.regressors:
        raise SpecificationError("no regressor is left")
    by = _cluster_columns(model, panel)
    complete = select_rows(
        panel, [model.outcome, *model.regressors], model.sample, model.winsorise, by
    )
    rows = complete.keep(without_singletons(complete.entity, complete.time, model.absorbed))
    regressors = rows.matrix(model.regressors)
    fit = fit_least_squares(
        rows.matrix([model.outcome]).to_numpy()[:, 0],
        regressors,
        rows.entity,
        rows.time,
        model.absorbed,
        model.vce,
        rows.clusters,
    )
    entities_dropped = [panel.labels[c] for c in np.setdiff1d(complete.entity, rows.entity)]
    periods_dropped = [panel.periods[t] for t in np.setdiff1d(complete.time, rows.time)]
    return ModelResult(
        model_id=model.id,
        estimator=model.estimator,
        outcome=model.outcome,
        effects=model.absorbed,
        vce=vce_text(model.vce, by),
        sample=model.sample,
        table_number=model.table_number,
        column_number=model.column_number,
        nobs=len(regressors),
        n_entities=len(np.unique(rows.entity)),
        n_periods=len(np.unique(rows.time)),
        n_dropped_missing=complete.n_dropped_missing,
        n_singletons=len(complete.values) - len(regressors),
        entities_dropped=tuple(entities_dropped),
        terms=inference(fit, list(regressors.columns)),
        statistics=fit.statistics,
        warnings=_warnings(fit, entities_dropped, periods_dropped),
        rows=rows.source,
    )


def fit_least_squares(
    outcome: np.ndarray,
    regressors: pd.DataFrame,
    entity: np.ndarray,
    time: np.ndarray,
    effects: Effects,
    vce: Vce,
    clusters: np.ndarray,
) -> Fit:
    """Least squares of `outcome` (n,) on `regressors` (n, k), a constant and the effects.

    `entity`, `time` (n,) and `clusters` (n, 0 to 2) are integer codes. With effects, the constant
    is the one Stata reports: every variable is measured from its group mean plus its grand mean.
    """
    index = pd.MultiIndex.from_arrays([entity, time], names=["entity", "time"])
    y = pd.DataFrame({"outcome": outcome}, index=index)
    total, within = _sums_of_squares(y, effects)
    x, center, scale = _standardised(regressors.set_axis(index))
    _check_collinearity(x, effects)
    k_all = x.shape[1] + _rank(entity, time, effects)
    if len(outcome) <= k_all:
        raise SpecificationError(f"{len(outcome)} rows are too few for {k_all} coefficients")
    fitted = PanelOLS(
        y,
        x.assign(const=1.0),
        entity_effects=effects in ("entity", "two_way"),
        time_effects=effects in ("time", "two_way"),
    ).fit(
        cov_type=LINEARMODELS_COVARIANCE[vce.type],
        debiased=False,
        auto_df=False,
        count_effects=False,
        **_covariance_options(vce, clusters, time, index),
    )
    groups = _groups(vce, clusters, time)
    factor = _small_sample_factor(vce, x.shape[1], entity, time, effects, clusters, groups)
    back = _unstandardise(center, scale)
    covariance = factor * fitted.cov.to_numpy()
    # The slopes alone: under two-way effects the constant's scores add up to nothing in either
    # dimension, so that its variance is negative by construction and says nothing about them
    covariance[:-1, :-1], is_repaired = _positive(covariance[:-1, :-1])
    params = back @ fitted.params.to_numpy()
    statistics = {"r2_overall": _squared_correlation(outcome, regressors.to_numpy() @ params[:-1])}
    if effects != "none":
        residual = float(fitted.resid_ss)
        statistics |= {"r2_within": 1 - residual / within, "r2_lsdv": 1 - residual / total}
    if groups is not None:
        statistics["n_clusters"] = float(groups)
    return Fit(
        params=params,
        covariance=back @ covariance @ back.T,
        residuals=fitted.resids.to_numpy(),
        df=_reference_df(vce, len(outcome) - k_all, groups),
        statistics=statistics,
        is_covariance_repaired=is_repaired,
    )


def inference(fit: Fit, names: Sequence[str]) -> tuple[Estimate, ...]:
    """Each coefficient with its error, two-sided p value and 95 % interval; the constant last."""
    reference = stats.norm() if fit.df is None else stats.t(fit.df)
    width = reference.ppf(0.5 + CONFIDENCE / 2)
    terms = []
    for position, name in enumerate([*names, "const"]):
        estimate = float(fit.params[position])
        variance = float(fit.covariance[position, position])
        error = float(np.sqrt(variance)) if variance >= 0 else None
        statistic = estimate / error if error else None
        terms.append(
            Estimate(
                term=name,
                estimate=estimate,
                std_error=error,
                statistic=statistic,
                p_value=None if statistic is None else float(2 * reference.sf(abs(statistic))),
                ci_low=None if error is None else float(estimate - width * error),
                ci_high=None if error is None else float(estimate + width * error),
            )
        )
    return tuple(terms)


def without_singletons(entity: np.ndarray, time: np.ndarray, effects: Effects) -> np.ndarray:
    """Rows (n,) that stay once entities and periods with a single row are dropped.

    An effect fits its only row exactly, so the row says nothing about the slopes and would only
    flatter the errors; dropping it can leave another group with one row (Correia 2015).
    """
    keep = np.ones(len(entity), dtype=bool)
    groups = {"none": [], "entity": [entity], "time": [time], "two_way": [entity, time]}[effects]
    while True:
        before = keep.sum()
        for group in groups:
            _, codes, counts = np.unique(group[keep], return_inverse=True, return_counts=True)
            keep[keep] = counts[codes] > 1
        if keep.sum() == before:
            break
    if not keep.any():
        raise SpecificationError(
            f"no row is left: with {effects} effects every group needs two rows or more"
        )
    return keep


def vce_text(vce: Vce, by: Sequence[str]) -> str:
    """The covariance in words, as in "cluster by province_code (stata)"."""
    grouped = f" by {' and '.join(by)}" if vce.type == "cluster" else ""
    lags = f" with {vce.bandwidth} lags" if vce.bandwidth is not None else ""
    return f"{vce.type}{grouped}{lags} ({vce.small_sample})"


def _cluster_columns(model: Model, panel: Panel) -> list[str]:
    if model.vce.type != "cluster":
        return []
    return list(model.vce.by) or [str(panel.keys.entity)]


def _standardised(regressors: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Regressors with mean 0 and standard deviation 1, so that units cannot cost digits.

    A regressor in yuan beside a share would otherwise fall below the cut-off of the solver.
    """
    center = regressors.mean().to_numpy()
    deviations = regressors - center
    scale = np.sqrt((deviations**2).mean()).to_numpy()
    for name, mean, spread in zip(regressors.columns, center, scale, strict=True):
        if spread <= 1e-12 * abs(mean):
            raise CollinearityError(name, f"has the single value {mean:g} in the rows used")
    return deviations / scale, center, scale


def _unstandardise(center: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The matrix (k + 1, k + 1) that takes standardised coefficients back to the units given."""
    back = np.diag(np.append(1 / scale, 1.0))
    back[-1, :-1] = -center / scale
    return back


def _within(frame: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    """What the effects leave of each column (n rows, indexed by entity and time)."""
    return frame if effects == "none" else PanelData(frame).demean(WITHIN[effects]).dataframe


def _sums_of_squares(outcome: pd.DataFrame, effects: Effects) -> tuple[float, float]:
    """Of the outcome about its mean, and net of the effects as well; neither may be nothing."""
    deviations = outcome - outcome.mean()
    total = float((deviations**2).to_numpy().sum())
    if np.ptp(outcome) == 0 or total == 0:
        raise SpecificationError(f"the outcome has the single value {outcome.iloc[0, 0]:g}")
    within = float((_within(deviations, effects) ** 2).to_numpy().sum())
    if within < 1e-20 * total:
        raise SpecificationError(f"the outcome does not vary beyond its {effects} effects")
    return total, within


def _check_collinearity(x: pd.DataFrame, effects: Effects) -> None:
    """Name the first regressor that the effects and the regressors before it explain."""
    within = _within(x, effects)
    length = np.sqrt(len(x))  # of every standardised regressor
    basis = np.empty((len(x), 0))
    for position, name in enumerate(within.columns):
        column = within[name].to_numpy()
        if np.linalg.norm(column) < COLLINEAR * length:
            raise CollinearityError(name, f"is absorbed by the {effects} effects")
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # twice, for orthogonality to the last digit
        if np.linalg.norm(rest) < COLLINEAR * length:
            before = within.iloc[:, :position].to_numpy()
            weights = np.linalg.lstsq(before, column, rcond=None)[0]
            partners = within.columns[:position][np.abs(weights) > COLLINEAR]
            others = ", ".join(f"`{partner}`" for partner in partners)
            raise CollinearityError(name, f"is perfectly collinear with {others}")
        basis = np.column_stack([basis, rest / np.linalg.norm(rest)])


def _covariance_options(
    vce: Vce, clusters: np.ndarray | None, time: np.ndarray, index: pd.MultiIndex
) -> dict[str, object]:
    if vce.type == "cluster":
        return {"clusters": pd.DataFrame(clusters, index=index)}
    if vce.type == "driscoll_kraay":
        periods = len(np.unique(time))
        # Newey and West (1994), the default of Stata's xtscc
        lags = int(4 * (periods / 100) ** (2 / 9)) if vce.bandwidth is None else vce.bandwidth
        if lags >= periods:
            raise SpecificationError(
                f"`vce.bandwidth` is {lags}; with {periods} periods it is {periods - 1} at most"
            )
        return {"kernel": "bartlett", "bandwidth": lags}
    return {}


def _groups(vce: Vce, clusters: np.ndarray | None, time: np.ndarray) -> int | None:
    """Over how many independent groups the errors are summed; with two clusters, the fewer."""
    if vce.type == "driscoll_kraay":
        return len(np.unique(time))
    if vce.type != "cluster":
        return None
    groups = min(len(np.unique(column)) for column in clusters.T)
    if groups < 2:
        raise SpecificationError("clustered errors need two clusters or more, and there is one")
    return groups


def _small_sample_factor(
    vce: Vce,
    slopes: int,
    entity: np.ndarray,
    time: np.ndarray,
    effects: Effects,
    clusters: np.ndarray | None,
    groups: int | None,
) -> float:
    """What the plain sandwich is multiplied with; K counts the constant and the effects.

    Clustered: G / (G - 1) * (N - 1) / (N - K). `stata` (xtreg, reghdfe) leaves effects that are
    nested in the clusters out of K and `lsdv` (areg) counts them all; `linearmodels` is
    N / (N - K) and leaves a single nested effect out. Driscoll and Kraay: the same with periods
    for clusters, where `stata` (xtscc) leaves entity effects out.
    """
    n = len(entity)
    k_all = slopes + _rank(entity, time, effects)
    if vce.type == "hc0" or (vce.small_sample == "none" and vce.type != "hc1"):
        return 1.0
    if groups is None:
        return n / (n - k_all)
    nested = {"entity"} if vce.type == "driscoll_kraay" else _nested(entity, time, clusters)
    if vce.small_sample == "linearmodels":
        k = slopes + 1 if vce.type == "cluster" and effects in nested else k_all
        return n / (n - k)
    counted = effects if vce.small_sample == "lsdv" else _without(effects, nested)
    k = slopes + _rank(entity, time, counted)
    return groups / (groups - 1) * (n - 1) / (n - k)


def _rank(entity: np.ndarray, time: np.ndarray, effects: Effects) -> int:
    """How many coefficients the constant and the effects take together.

    Two-way effects take one less for each part of the panel that shares no entity and no period
    with the rest (Abowd, Creecy and Kramarz 2002).
    """
    entities, e = np.unique(entity, return_inverse=True)
    periods, t = np.unique(time, return_inverse=True)
    match effects:
        case "none":
            return 1
        case "entity":
            return len(entities)
        case "time":
            return len(periods)
    size = len(entities) + len(periods)
    links = coo_array((np.ones(len(e)), (e, len(entities) + t)), shape=(size, size))
    return size - connected_components(links, directed=False)[0]


def _nested(entity: np.ndarray, time: np.ndarray, clusters: np.ndarray) -> set[Effects]:
    """The effects whose groups each lie within one cluster (of any of the cluster variables)."""
    return {
        effect
        for effect, codes in (("entity", entity), ("time", time))
        for cluster in clusters.T
        if len(np.unique(np.column_stack([codes, cluster]), axis=0)) == len(np.unique(codes))
    }


def _without(effects: Effects, nested: set[Effects]) -> Effects:
    left = {"entity", "time"} - nested if effects == "two_way" else {effects} - nested
    return "two_way" if len(left) == 2 else next(iter(left), "none")


def _reference_df(vce: Vce, residual: int, groups: int | None) -> int | None:
    if vce.small_sample == "none":
        return None
    if groups is None or vce.small_sample == "linearmodels":
        return residual
    return groups - 1


def _positive(covariance: np.ndarray) -> tuple[np.ndarray, bool]:
    """The covariance, with negative eigenvalues set to 0, and whether there were any.

    Two-way clustering subtracts, and in small samples can leave a matrix that is no covariance
    (Cameron, Gelbach and Miller 2011, section 2.3).
    """
    values, vectors = np.linalg.eigh(covariance)
    if values[0] >= -1e-10 * values[-1]:  # rounding, where there are fewer clusters than terms
        return covariance, False
    return (vectors * np.maximum(values, 0)) @ vectors.T, True


def _squared_correlation(outcome: np.ndarray, prediction: np.ndarray) -> float:
    """R2 of the slopes alone: Stata's overall R2, and the plain R2 where there are no effects."""
    y, p = outcome - outcome.mean(), prediction - prediction.mean()
    return float((y @ p) ** 2 / ((y @ y) * (p @ p)))


def _warnings(fit: Fit, entities: Sequence[str], periods: Sequence[str]) -> tuple[str, ...]:
    found = [
        f"{name} dropped: a single row says nothing beside its effect"
        for name in [*entities, *(f"period {period}" for period in periods)]
    ]
    n_clusters = fit.statistics.get("n_clusters", FEW_CLUSTERS)
    if n_clusters < FEW_CLUSTERS:
        found.append(
            f"{n_clusters:.0f} clusters are too few to trust the errors: "
            f"{FEW_CLUSTERS} or more are wanted"
        )
    if fit.covariance[-1, -1] < 0:
        found.append("the two-way clustered variance of const is negative: it has no error")
    if fit.is_covariance_repaired:
        found.append("the two-way clustered covariance had negative eigenvalues, set to 0")
    return tuple(sorted(found))
