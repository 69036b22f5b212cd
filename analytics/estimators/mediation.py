"""Mediation by three least-squares equations on one sample.

    total     y = c  x + controls + effects
    mediator  m = a  x + controls + effects
    direct    y = c' x + b m + controls + effects

The indirect effect is a b (Baron and Kenny 1986), and c = c' + a b to rounding, since the three
equations have the same rows, controls and effects.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy import special

from analytics.errors import SpecificationError
from analytics.estimators.design import (
    cluster_columns,
    estimation_rows,
    model_rows,
    result_of,
    singleton_warnings,
    standardised,
)
from analytics.estimators.inference import FEW_CLUSTERS, estimate_of, p_value
from analytics.estimators.regression import (
    Fit,
    fit_least_squares,
    warnings_of,
)
from analytics.estimators.within import Groups, Within, is_nested
from analytics.model import Bootstrap, Effects, WithEffects
from analytics.results import ModelResult
from analytics.rows import Panel, Rows

QUANTILES = (0.025, 0.975)
CELLS = 4_000_000  # of the arrays of one batch of replications
IDENTIFIED = 1e-9  # share of a variable that the ones before it must leave in a replication


class ClusterBootstrap(Bootstrap):
    """Whole clusters are drawn: those of a column, the entities, or rows without an entity."""

    replications: Annotated[int, Field(ge=0)] = 1000
    by: str | None = None


class Mediation(WithEffects):
    """How much of the effect of `treatment` on the outcome goes through `mediator`."""

    estimator: Literal["mediation"]
    treatment: str
    mediator: str
    bootstrap: ClusterBootstrap = ClusterBootstrap()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.vce.type == "wild_cluster":
            raise ValueError("wild_cluster errors are not for the estimator mediation")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The treatment, the mediator and the controls."""
        return {
            "treatment": (self.treatment,),
            "mediator": (self.mediator,),
            "regressor": self.regressors,
        }

    def estimate(self, panel: Panel) -> ModelResult:
        """The three equations and the bootstrap of the indirect effect."""
        return estimate_mediation(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The three equations without the bootstrap."""
        fewer = self.bootstrap.model_copy(update={"replications": 0})
        return estimate_mediation(self.model_copy(update={"bootstrap": fewer}), panel)


@dataclass(frozen=True)
class Indirect:
    """Bootstrap of the indirect effect; an interval is None where it does not exist."""

    draws: np.ndarray  # (replications that are identified,)
    percentile: tuple[float, float]
    bias_corrected: tuple[float, float] | None


def estimate_mediation(model: Mediation, panel: Panel) -> ModelResult:
    """Estimate a `mediation` model; its equations are `total`, `mediator` and `direct`.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or absorbed by the effects.
    """
    by = cluster_columns(model, panel)
    draw_by = _draw_column(model, panel)
    columns = [*by, *([] if draw_by is None else [draw_by])]
    complete = model_rows(model, panel, columns)
    for role in (model.treatment, model.mediator):
        if len(complete.columns[role]) > 1:
            raise SpecificationError(f"`{role}` has several columns; a mediation takes one")
    rows = estimation_rows(model, complete)
    equations = {
        "total": (model.outcome, (model.treatment, *model.regressors)),
        "mediator": (model.mediator, (model.treatment, *model.regressors)),
        "direct": (model.outcome, (model.treatment, model.mediator, *model.regressors)),
    }
    within = Within(rows.entity, rows.time, model.absorbed)
    terms, fits = [], {}
    for equation, (outcome, regressors) in equations.items():
        design = rows.matrix(regressors)
        fits[equation] = fit = fit_least_squares(
            rows.column(outcome),
            design,
            within,
            model.vce,
            rows.clusters[:, : len(by)],
        )
        variances = np.diag(fit.covariance)
        terms += [
            estimate_of(name, float(value), float(variance), fit.df, equation)
            for name, value, variance in zip(
                [*design.columns, "const"], fit.params, variances, strict=True
            )
        ]
    statistics, warnings = _effects(fits)
    warnings += warnings_of(fits["direct"], [model.treatment, model.mediator])
    if model.bootstrap.replications:
        more, said = _bootstrap(model, rows, draw_by, panel)
        statistics |= more
        warnings += said
    return replace(
        result_of(model, panel, by, complete, rows),
        terms=tuple(terms),
        statistics=statistics,
        warnings=tuple(sorted([*warnings, *singleton_warnings(panel, complete, rows)])),
    )


def bootstrap_indirect(
    outcome: np.ndarray,
    mediator: np.ndarray,
    treatment: np.ndarray,
    controls: np.ndarray,
    entity: np.ndarray,
    time: np.ndarray,
    effects: Effects,
    clusters: np.ndarray,
    replications: int,
    seed: int,
) -> Indirect:
    """Draw whole clusters (n,) with replacement and estimate a b on each draw.

    Nothing is refitted: the cross products of a draw are a weighted sum of those of the clusters,
    and a and b are ratios in their Cholesky factor. A cluster that is drawn twice has entity
    effects of its own each time, so entity means are taken out beforehand, and periods are
    dummies. `controls` are (n, k). Intervals: percentile, and bias-corrected (Efron 1981).
    """
    inner = Within(entity, time, "entity" if effects in ("entity", "two_way") else "none")
    dummies = np.ones((len(outcome), 1))
    if effects in ("time", "two_way"):
        dummies = Groups.of(time).indicator.T.toarray()
    if effects in ("entity", "two_way"):
        dummies = dummies[:, 1:]  # entity effects span the constant
    main = pd.DataFrame({"treatment": treatment, "mediator": mediator, "outcome": outcome})
    scaled, _, scale = standardised(main)
    if controls.shape[1]:
        controls = standardised(pd.DataFrame(controls))[0]
    columns = inner.residuals(np.column_stack([dummies, controls, scaled]))
    unit = scale[2] / scale[0]

    groups = Groups.of(clusters)
    size, k = len(groups.counts), columns.shape[1]
    products = np.empty((size, k * k))
    for j in range(k):
        products[:, j * k : (j + 1) * k] = groups.sums(columns * columns[:, [j]])
    random = np.random.default_rng(seed)
    draws = []
    batch = max(1, CELLS // max(size, k * k))
    for start in range(0, replications, batch):
        shape = min(batch, replications - start)
        times = random.multinomial(size, np.full(size, 1 / size), size=shape)
        draws.append(_indirect((times @ products).reshape(shape, k, k)))
    found = np.concatenate(draws) * unit
    found = found[np.isfinite(found)]
    if len(found) == 0:
        raise SpecificationError("no replication of the bootstrap identifies the indirect effect")
    estimate = float(_indirect(products.sum(axis=0).reshape(1, k, k))[0] * unit)
    low, high = np.quantile(found, QUANTILES)
    return Indirect(found, (float(low), float(high)), _bias_corrected(found, estimate))


def _indirect(gram: np.ndarray) -> np.ndarray:
    """a b (draws,) from cross products (draws, k, k) of controls, treatment, mediator, outcome.

    Of the Cholesky factor L, L[m, x] / L[x, x] is the coefficient of the last regressor x in the
    equation of m on all columns before it, and so on; nan where a draw does not identify it.
    """
    gram = gram.copy()
    diagonal = np.einsum("...ii->...i", gram)
    diagonal[diagonal == 0] = 1.0  # a period that was not drawn, or a control that is 0 there
    try:
        factor = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        if len(gram) == 1:
            return np.array([np.nan])
        return np.concatenate([_indirect(half) for half in np.array_split(gram, 2)])
    share = np.einsum("...ii->...i", factor) ** 2 / np.einsum("...ii->...i", gram)
    x, m, y = (factor[:, i] for i in (-3, -2, -1))
    found = m[:, -3] / x[:, -3] * y[:, -2] / m[:, -2]
    return np.where(share[:, :-1].min(axis=1) > IDENTIFIED, found, np.nan)


def _bias_corrected(draws: np.ndarray, estimate: float) -> tuple[float, float] | None:
    """Efron (1981): the percentiles, moved by how far the estimate is from the median draw."""
    share = float(np.mean(draws < estimate) + np.mean(draws == estimate) / 2)
    if not 0 < share < 1:
        return None
    shift = 2 * special.ndtri(share) + special.ndtri(QUANTILES)
    low, high = np.quantile(draws, special.ndtr(shift))
    return float(low), float(high)


def _effects(fits: dict[str, Fit]) -> tuple[dict[str, float], list[str]]:
    """The effects and the three first-order tests of a b, which differ in its variance."""
    a, b = float(fits["mediator"].params[0]), float(fits["direct"].params[1])
    total, direct = float(fits["total"].params[0]), float(fits["direct"].params[0])
    var_a, var_b = float(fits["mediator"].covariance[0, 0]), float(fits["direct"].covariance[1, 1])
    statistics = {
        "indirect_effect": a * b,
        "total_effect": total,
        "direct_effect": direct,
        "proportion_mediated": a * b / total,
    }
    more, warnings = _first_order_tests(a, b, var_a, var_b)
    statistics |= more
    if not 0 <= a * b / total <= 1:
        warnings.append(
            "direct and indirect effect have opposite signs: the proportion mediated "
            f"({a * b / total:.3g}) is no share"
        )
    for equation, fit in fits.items():
        statistics |= {
            f"{name}[{equation}]": value
            for name, value in fit.statistics.items()
            if name.startswith("r2")
        }
    return statistics | fits["direct"].statistics, warnings


def _first_order_tests(
    a: float, b: float, var_a: float, var_b: float
) -> tuple[dict[str, float], list[str]]:
    """The tests of a b; none where a or b has no error."""
    if not (var_a > 0 and var_b > 0):
        return {}, ["the indirect effect has no tests: one of its factors has no error"]
    sobel = a**2 * var_b + b**2 * var_a  # Sobel (1982)
    statistics, warnings = {"sobel_se": float(np.sqrt(sobel))}, []
    variances = {
        "sobel": sobel,
        "aroian": sobel + var_a * var_b,  # Aroian (1947)
        "goodman": sobel - var_a * var_b,  # Goodman (1960)
    }
    for name, variance in variances.items():
        if variance > 0:
            z = a * b / float(np.sqrt(variance))
            statistics |= {f"{name}_z": z, f"{name}_p": p_value(z, None)}
        else:
            warnings.append(f"Goodman's variance is {variance:.3g}: the test does not exist")
    return statistics, warnings


def _bootstrap(
    model: Mediation, rows: Rows, draw_by: str | None, panel: Panel
) -> tuple[dict[str, float], list[str]]:
    """The bootstrap of the model as statistics, and warnings."""
    clusters = rows.clusters[:, -1] if draw_by is not None else np.arange(len(rows.values))
    takes_entities = model.absorbed in ("entity", "two_way")
    if takes_entities and not is_nested(rows.entity, clusters):
        raise SpecificationError(
            f"bootstrap.by is `{draw_by}`, whose values cut through entities; with entity effects "
            "whole entities have to be drawn"
        )
    found = bootstrap_indirect(
        rows.column(model.outcome),
        rows.column(model.mediator),
        rows.column(model.treatment),
        rows.matrix(model.regressors).to_numpy(),
        rows.entity,
        rows.time,
        model.absorbed,
        clusters,
        model.bootstrap.replications,
        model.bootstrap.seed,
    )
    warnings = []
    size = len(np.unique(clusters))
    if size < FEW_CLUSTERS:
        warnings.append(
            f"the bootstrap draws from {size} clusters: {FEW_CLUSTERS} or more are wanted"
        )
    lost = model.bootstrap.replications - len(found.draws)
    if lost:
        warnings.append(
            f"{lost} of {model.bootstrap.replications} replications do not identify the "
            "indirect effect and are left out"
        )
    statistics = {
        "bootstrap_se": float(found.draws.std(ddof=1)) if len(found.draws) > 1 else 0.0,
        "bootstrap_ci_low": found.percentile[0],
        "bootstrap_ci_high": found.percentile[1],
        "bootstrap_replications": float(len(found.draws)),
        "bootstrap_clusters": float(size),
    }
    if found.bias_corrected is None:
        warnings.append("all replications are on one side of the estimate: no corrected interval")
    else:
        low, high = found.bias_corrected
        statistics |= {"bootstrap_bc_ci_low": low, "bootstrap_bc_ci_high": high}
    return statistics, warnings


def _draw_column(model: Mediation, panel: Panel) -> str | None:
    """The column whose clusters are drawn: the entities by default, rows (None) without one."""
    by = model.bootstrap.by
    if by is None or (by == "entity" and by not in panel.data.columns):
        return panel.keys.entity
    return by
