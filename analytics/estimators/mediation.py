"""Mediation by three least-squares equations on one sample.

    total     y = c  x + controls + effects
    mediator  m = a  x + controls + effects
    direct    y = c' x + b m + controls + effects

The indirect effect is a b (Baron and Kenny 1986), and c = c' + a b to rounding, since the three
equations have the same rows, controls and effects. Several mediators stand side by side in
`direct`, each has an equation of its own, and their indirect effects add up (Preacher and Hayes
2008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field
from scipy import special

from analytics.errors import CollinearityError, SpecificationError
from analytics.estimators.covariance import VANISHING
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
from analytics.model import WithEffects
from analytics.panel import Panel
from analytics.results import ModelResult
from analytics.rows import Rows
from analytics.sections import MOST_REPLICATIONS, Bootstrap, Effects, Vce

QUANTILES = (0.025, 0.975)
CELLS = 4_000_000  # of the arrays of one batch of replications
IDENTIFIED = 1e-9  # share of a variable that the ones before it must leave in a replication


class ClusterBootstrap(Bootstrap):
    """Whole clusters are drawn: those of a column, the entities, or rows without an entity."""

    replications: Annotated[int, Field(ge=0, le=MOST_REPLICATIONS)] = 1000
    by: str | None = None


def _listed(content: Any) -> Any:
    return (content,) if isinstance(content, str) else content


class Mediation(WithEffects):
    """How much of the effect of `treatment` on the outcome goes through each `mediator`."""

    resamples_errors: ClassVar[bool] = False

    estimator: Literal["mediation"]
    treatment: str
    mediator: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
    bootstrap: ClusterBootstrap = ClusterBootstrap()

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The treatment, the mediator and the controls."""
        return {
            "treatment": (self.treatment,),
            "mediator": self.mediator,
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
    """Bootstrap of an indirect effect; an interval is None where it does not exist."""

    draws: np.ndarray  # (replications that are identified,)
    percentile: tuple[float, float]
    bias_corrected: tuple[float, float] | None


@dataclass(frozen=True)
class Draws:
    """The indirect effects of q mediators, all of one replication from the same rows."""

    values: np.ndarray  # (replications that are identified, q)
    estimate: np.ndarray  # (q,)

    def of(self, weights: Sequence[float]) -> Indirect:
        """The bootstrap of a sum of the effects with these weights (q,)."""
        chosen = [place for place, weight in enumerate(weights) if weight]
        found = sum(weights[place] * self.values[:, place] for place in chosen)
        estimate = float(sum(weights[place] * self.estimate[place] for place in chosen))
        assert isinstance(found, np.ndarray)
        low, high = np.quantile(found, QUANTILES)
        return Indirect(found, (float(low), float(high)), _bias_corrected(found, estimate))


def estimate_mediation(model: Mediation, panel: Panel) -> ModelResult:
    """Estimate a `mediation` model: equations `total`, `mediator` (`mediator[m]`) and `direct`.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or absorbed by the effects.
    """
    by = cluster_columns(model, panel)
    draw_by = _draw_column(model, panel)
    columns = [*by, *([] if draw_by is None else [draw_by])]
    complete = model_rows(model, panel, columns)
    complete.require_single(model.treatment, *model.mediator)
    rows = estimation_rows(model, complete)
    equations = {
        "total": (model.outcome, (model.treatment, *model.regressors)),
        **{
            f"mediator{of}": (name, (model.treatment, *model.regressors))
            for name, of in _suffixes(model).items()
        },
        "direct": (model.outcome, (model.treatment, *model.mediator, *model.regressors)),
    }
    within = Within(rows.entity, rows.time, model.absorbed)
    terms, fits = [], {}
    for equation, (outcome, regressors) in equations.items():
        design = rows.matrix(regressors)
        clusters = rows.clusters[:, : len(by)]
        fits[equation] = fit = _fit(
            equation, rows.column(outcome), design, within, model.vce, clusters
        )
        variances = np.diag(fit.covariance)
        terms += [
            estimate_of(name, float(value), float(variance), fit.df, equation)
            for name, value, variance in zip(
                [*design.columns, "const"], fit.params, variances, strict=True
            )
        ]
    statistics, warnings = _effects(model, fits)
    warnings += warnings_of(fits["direct"], [model.treatment, *model.mediator])
    if model.bootstrap.replications:
        more, said = _bootstrap(model, rows, draw_by)
        statistics |= more
        warnings += said
    return replace(
        result_of(model, panel, by, complete, rows),
        terms=tuple(terms),
        statistics=statistics,
        warnings=tuple(sorted([*warnings, *singleton_warnings(panel, complete, rows)])),
    )


def _fit(
    equation: str,
    outcome: np.ndarray,
    design: pd.DataFrame,
    within: Within,
    vce: Vce,
    clusters: np.ndarray,
) -> Fit:
    """Least squares of one equation, which is named where its outcome, maybe a mediator, fails."""
    try:
        return fit_least_squares(outcome, design, within, vce, clusters)
    except CollinearityError:
        raise
    except SpecificationError as fault:
        raise SpecificationError(f"equation `{equation}`: {fault}") from None


def _suffixes(model: Mediation) -> dict[str, str]:
    """What tells the statistics of a mediator from those of others: nothing where it is alone."""
    return {name: f"[{name}]" if len(model.mediator) > 1 else "" for name in model.mediator}


def bootstrap_indirect(
    outcome: np.ndarray,
    mediators: np.ndarray,
    treatment: np.ndarray,
    controls: np.ndarray,
    entity: np.ndarray,
    time: np.ndarray,
    effects: Effects,
    clusters: np.ndarray,
    replications: int,
    seed: int,
) -> Draws:
    """Draw whole clusters (n,) with replacement and estimate a b of `mediators` (n, q) on each.

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
    q = mediators.shape[1]
    main = pd.DataFrame(np.column_stack([treatment, mediators, outcome]))
    scaled, _, scale = standardised(main)
    if controls.shape[1]:
        controls = standardised(pd.DataFrame(controls))[0]
    columns = inner.residuals(np.column_stack([dummies, controls, scaled]))
    unit = scale[-1] / scale[0]

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
        draws.append(_indirect((times @ products).reshape(shape, k, k), q))
    found = np.concatenate(draws) * unit
    found = found[np.isfinite(found).all(axis=1)]
    if len(found) == 0:
        raise SpecificationError("no replication of the bootstrap identifies the indirect effect")
    return Draws(found, _indirect(products.sum(axis=0).reshape(1, k, k), q)[0] * unit)


def _indirect(gram: np.ndarray, q: int) -> np.ndarray:
    """a b (draws, q) from cross products (draws, k, k): controls, treatment, q mediators, outcome.

    Of the Cholesky factor L, L[m, x] / L[x, x] is the coefficient of the last regressor x in the
    equation of m on all columns before it, and those of the mediators solve a triangle of the
    last row; nan where a draw does not identify one.
    """
    gram = gram.copy()
    diagonal = np.einsum("...ii->...i", gram)
    diagonal[diagonal == 0] = 1.0  # a period that was not drawn, or a control that is 0 there
    try:
        factor = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        if len(gram) == 1:
            return np.full((1, q), np.nan)
        return np.concatenate([_indirect(half, q) for half in np.array_split(gram, 2)])
    share = np.einsum("...ii->...i", factor) ** 2 / np.einsum("...ii->...i", gram)
    x, mediators, y = factor[:, -q - 2], factor[:, -q - 1 : -1], factor[:, -1]
    b, found = np.empty((2, len(gram), q))
    for place in reversed(range(q)):
        column = place - q - 1
        left = y[:, column]
        for later in range(place + 1, q):
            left = left - mediators[:, later, column] * b[:, later]
        b[:, place] = left / mediators[:, place, column]
        a = mediators[:, place, -q - 2] / x[:, -q - 2]
        found[:, place] = a * left / mediators[:, place, column]
    return np.where(share[:, :-1].min(axis=1, keepdims=True) > IDENTIFIED, found, np.nan)


def _bias_corrected(draws: np.ndarray, estimate: float) -> tuple[float, float] | None:
    """Efron (1981): the percentiles, moved by how far the estimate is from the median draw."""
    share = float(np.mean(draws < estimate) + np.mean(draws == estimate) / 2)
    if not 0 < share < 1:
        return None
    shift = 2 * special.ndtri(share) + special.ndtri(QUANTILES)
    low, high = np.quantile(draws, special.ndtr(shift))
    return float(low), float(high)


def _effects(model: Mediation, fits: Mapping[str, Fit]) -> tuple[dict[str, float], list[str]]:
    """The effects, and the three first-order tests of each a b, which differ in its variance."""
    total, direct = float(fits["total"].params[0]), float(fits["direct"].params[0])
    more: dict[str, float] = {}
    warnings: list[str] = []
    indirect: dict[str, float] = {}
    for place, (name, of) in enumerate(_suffixes(model).items(), start=1):
        own = fits[f"mediator{of}"]
        a, b = float(own.params[0]), float(fits["direct"].params[place])
        var_b = float(fits["direct"].covariance[place, place])
        tests, said = _first_order_tests(a, b, float(own.covariance[0, 0]), var_b)
        indirect[name] = a * b
        more |= {f"{test}{of}": value for test, value in tests.items()}
        warnings += [f"{name}: {text}" if of else text for text in said]
    whole = sum(indirect.values())
    if len(indirect) > 1:
        more |= {f"indirect_effect[{name}]": value for name, value in indirect.items()}
        more |= {
            f"indirect_effect[{one} - {other}]": indirect[one] - indirect[other]
            for one, other in combinations(indirect, 2)
        }
    statistics = {
        "indirect_effect": whole,
        "total_effect": total,
        "direct_effect": direct,
        **more,
    }
    if abs(total) <= VANISHING * abs(whole):
        warnings.append("the total effect is 0: no proportion of it is mediated")
    else:
        statistics["proportion_mediated"] = share = whole / total
        if not 0 <= share <= 1:
            warnings.append(
                "direct and indirect effect have opposite signs: the proportion mediated "
                f"({share:.3g}) is no share"
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
    model: Mediation, rows: Rows, draw_by: str | None
) -> tuple[dict[str, float], list[str]]:
    """The bootstrap of the model as statistics, and warnings."""
    clusters = rows.clusters[:, -1] if draw_by is not None else np.arange(len(rows.values))
    takes_entities = model.absorbed in ("entity", "two_way")
    if takes_entities and not is_nested(rows.entity, clusters):
        raise SpecificationError(
            f"bootstrap.by is `{draw_by}`, whose values cut through entities; with entity effects "
            "whole entities have to be drawn"
        )
    size = len(np.unique(clusters))
    if size < 2:
        return {}, ["the bootstrap does not exist: there is a single cluster to draw from"]
    found = bootstrap_indirect(
        rows.column(model.outcome),
        rows.matrix(model.mediator).to_numpy(),
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
    if size < FEW_CLUSTERS:
        warnings.append(
            f"the bootstrap draws from {size} clusters: {FEW_CLUSTERS} or more are wanted"
        )
    lost = model.bootstrap.replications - len(found.values)
    if lost:
        warnings.append(
            f"{lost} of {model.bootstrap.replications} replications do not identify the "
            "indirect effect and are left out"
        )
    statistics: dict[str, float] = {}
    counts = {
        "bootstrap_replications": float(len(found.values)),
        "bootstrap_clusters": float(size),
    }
    for of, weights in _combinations(model.mediator).items():
        effect = found.of(weights)
        spread = float(effect.draws.std(ddof=1)) if len(effect.draws) > 1 else 0.0
        statistics |= {
            f"bootstrap_se{of}": spread,
            f"bootstrap_ci_low{of}": effect.percentile[0],
            f"bootstrap_ci_high{of}": effect.percentile[1],
            **counts,
        }
        if effect.bias_corrected is None:
            warnings.append(
                f"all replications are on one side of the estimate{of and f' of {of[1:-1]}'}: no "
                "corrected interval"
            )
        else:
            low, high = effect.bias_corrected
            statistics |= {f"bootstrap_bc_ci_low{of}": low, f"bootstrap_bc_ci_high{of}": high}
    return statistics, warnings


def _combinations(mediators: Sequence[str]) -> dict[str, list[float]]:
    """The sum of the indirect effects, and with several each of them and each difference."""
    own = {name: [float(name == other) for other in mediators] for name in mediators}
    found = {"": [1.0] * len(mediators)}
    if len(mediators) > 1:
        found |= {f"[{name}]": weights for name, weights in own.items()}
        for one, other in combinations(mediators, 2):
            differ = [a - b for a, b in zip(own[one], own[other], strict=True)]
            found[f"[{one} - {other}]"] = differ
    return found


def _draw_column(model: Mediation, panel: Panel) -> str | None:
    """The column whose clusters are drawn: the entities by default, rows (None) without one."""
    by = model.bootstrap.by
    if by is None or (by == "entity" and by not in panel.data.columns):
        return panel.keys.entity
    return by
