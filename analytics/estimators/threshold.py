"""Panel threshold models: slopes that switch where a variable crosses unknown values.

Hansen (1999), "Threshold effects in non-dynamic panels: estimation, testing, and inference",
Journal of Econometrics 93.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from analytics.errors import SpecificationError
from analytics.estimators.covariance import Errors, positive, prepare_errors
from analytics.estimators.design import (
    check_collinearity,
    cluster_columns,
    estimation_rows,
    model_rows,
    result_of,
    singleton_warnings,
    standardised,
)
from analytics.estimators.inference import FEW_CLUSTERS, estimate_of, few_clusters, no_errors
from analytics.estimators.threshold_search import (
    Settings,
    Stage,
    Variables,
    find_thresholds,
    regimes,
)
from analytics.estimators.within import Groups, Within, orthonormal
from analytics.model import WithEffects
from analytics.panel import Panel
from analytics.results import ModelResult
from analytics.rows import Rows
from analytics.sections import Bootstrap


class Threshold(WithEffects):
    """A panel threshold model: the slopes of `regime_dependent` switch with a variable."""

    needed_keys: ClassVar[frozenset[str]] = frozenset({"entity", "time"})
    estimator: Literal["threshold"]
    regime_dependent: Annotated[tuple[str, ...], Field(min_length=1)]
    threshold_variable: str
    effects: Literal["entity", "two_way"] = "entity"
    thresholds: Annotated[int, Field(ge=1, le=3)] = 1
    convention: Literal["hansen1999", "xthreg", "exhaustive"] = "hansen1999"
    trim: tuple[Annotated[float, Field(ge=0, lt=0.5)], ...] = (0.05, 0.05, 0.05)
    min_regime_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    grid: Annotated[int, Field(ge=1)] = 400
    bootstrap: Bootstrap = Bootstrap()

    @field_validator("trim", mode="before")
    @classmethod
    def _one_for_all(cls, trim: Any) -> Any:
        return (trim,) * 3 if isinstance(trim, int | float) else trim

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.trim) < self.thresholds:
            raise ValueError(
                f"`trim` has {len(self.trim)} entries for {self.thresholds} thresholds: "
                "give one a threshold, or one number for all"
            )
        if self.vce.type in ("driscoll_kraay", "wild_cluster"):
            raise ValueError(f"{self.vce.type} errors are not for the estimator threshold")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Regressors whose slopes switch, and those whose slopes do not."""
        return {"regime-dependent regressor": self.regime_dependent, "regressor": self.regressors}

    @property
    def terms(self) -> tuple[str, ...]:
        """The threshold variable may be a regressor as well."""
        return tuple(dict.fromkeys([*super().terms, self.threshold_variable]))

    def estimate(self, panel: Panel) -> ModelResult:
        """The thresholds, their tests and the slopes of the regimes."""
        return estimate_threshold(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The thresholds and slopes, without the bootstrap of the tests."""
        fewer = self.bootstrap.model_copy(update={"replications": 0})
        return estimate_threshold(self.model_copy(update={"bootstrap": fewer}), panel)


@dataclass(frozen=True)
class Fit:
    """Least squares with the thresholds as they were found; m slopes."""

    params: np.ndarray  # (m,) the regime-dependent regressors by regime, then the others
    covariance: np.ndarray  # (m, m)
    df: int | None  # of the t distribution; None is the normal distribution
    r2_within: float
    is_covariance_repaired: bool


def estimate_threshold(model: Threshold, panel: Panel) -> ModelResult:
    """Estimate a `threshold` model, and test each of its thresholds in sequence.

    Raises SpecificationError where the panel cannot serve the model (a constant threshold
    variable, an unbalanced panel under a convention that needs a balanced one, no candidate left),
    and CollinearityError where a regressor is collinear with others or absorbed by the effects.
    """
    by = cluster_columns(model, panel)
    complete = model_rows(model, panel, by)
    rows = estimation_rows(model, complete)
    is_balanced = _is_balanced(rows, model, panel)
    within = Within(rows.entity, rows.time, model.absorbed)
    _check_variation(rows, model, within)
    settings = Settings(
        convention=model.convention,
        trim=model.trim,
        grid=model.grid,
        min_regime_share=model.min_regime_share,
        replications=model.bootstrap.replications,
        seed=model.bootstrap.seed,
    )
    variables = _variables(rows, model, settings, is_balanced)
    stages = find_thresholds(variables, model.thresholds, settings)

    used = np.flatnonzero(variables.kept)
    regime = regimes(variables.threshold, stages[-1].thresholds, settings)
    names = _names(rows, model)
    errors = prepare_errors(
        model.vce, len(names), rows.entity[used], rows.time[used], rows.clusters[used], within
    )
    fit = fit_regimes(variables, regime, model.thresholds + 1, len(names), errors)
    statistics = _statistics(stages[-1], regime[variables.kept], fit)
    if errors.groups is not None:
        statistics["n_clusters"] = float(errors.groups)
    return replace(
        result_of(model, panel, by, complete, rows),
        convention=model.convention,
        nobs=len(used),
        n_periods=len(np.unique(rows.time[used])),
        terms=tuple(
            estimate_of(name, float(slope), float(variance), fit.df)
            for name, slope, variance in zip(
                names, fit.params, np.diag(fit.covariance), strict=True
            )
        ),
        statistics=statistics,
        tests=tuple(_test(number, stage) for number, stage in enumerate(stages, start=1)),
        warnings=tuple(
            sorted(
                [
                    *_warnings(stages[-1], variables, settings),
                    *_error_warnings(fit, names, errors),
                    *singleton_warnings(panel, complete, rows),
                ]
            )
        ),
        rows=rows.source[used],
    )


def fit_regimes(
    variables: Variables, regime: np.ndarray, n_regimes: int, m: int, errors: Errors
) -> Fit:
    """Least squares with a slope a regime (n,) for each regime-dependent regressor.

    `m` counts the slopes; the columns of `variables.regressors` beyond them are period dummies.
    """
    indicator = regime[:, None] == np.arange(n_regimes)
    switching = (variables.regime_dependent[:, :, None] * indicator[:, None, :]).reshape(
        len(regime), -1
    )
    columns = variables.within(np.column_stack([switching, variables.regressors]))
    dummies, _ = orthonormal(columns[:, m:])
    outcome = variables.within(variables.outcome[:, None])
    net = np.column_stack([columns[:, :m], outcome])
    net = net - dummies @ (dummies.T @ net)
    lengths = np.linalg.norm(net[:, :m], axis=0)
    if lengths.min() == 0:
        raise SpecificationError("a regime-dependent regressor does not vary within a regime")
    design, outcome = net[:, :m] / lengths, net[:, m]
    bread = np.linalg.inv(design.T @ design)
    slopes = bread @ (design.T @ outcome)
    residuals = outcome - design @ slopes
    spread = float(outcome @ outcome) / len(outcome)
    covariance, is_repaired = positive(errors.covariance(bread, design, residuals, spread))
    return Fit(
        params=slopes / lengths,
        covariance=covariance / np.outer(lengths, lengths),
        df=errors.df,
        r2_within=1 - float(residuals @ residuals) / float(outcome @ outcome),
        is_covariance_repaired=is_repaired,
    )


def _is_balanced(rows: Rows, model: Threshold, panel: Panel) -> bool:
    """Whether every entity has every period; an error where the convention needs that."""
    entities, counts = np.unique(rows.entity, return_counts=True)
    periods = len(np.unique(rows.time))
    short = np.flatnonzero(counts < periods)
    if len(short) and model.convention != "exhaustive":
        first, more = panel.labels[entities[short[0]]], len(short) - 1
        others = f" (and {more} more have some only)" if more else ""
        raise SpecificationError(
            f"the convention {model.convention} needs a balanced panel, and {first} has "
            f"{counts[short[0]]} of {periods} periods{others}: complete the panel, restrict the "
            "sample, or use the convention exhaustive"
        )
    return len(short) == 0


def _check_variation(rows: Rows, model: Threshold, within: Within) -> None:
    """A threshold variable and an outcome that vary, and regressors that differ."""
    threshold = rows.matrix([model.threshold_variable])
    if threshold.shape[1] > 1:
        raise SpecificationError(
            f"the threshold variable `{model.threshold_variable}` stands for "
            f"{threshold.shape[1]} columns; expected one"
        )
    if np.ptp(threshold.to_numpy()) == 0:
        raise SpecificationError(
            f"the threshold variable `{model.threshold_variable}` has the single value "
            f"{threshold.iloc[0, 0]:g} in the rows used, which makes no regimes"
        )
    outcome = rows.column(model.outcome)
    deviations = outcome - outcome.mean()
    net = within.residuals(deviations)
    if net @ net <= 1e-20 * (deviations @ deviations):
        raise SpecificationError(f"the outcome does not vary beyond its {model.absorbed} effects")
    regressors = rows.matrix([*model.regressors, *model.regime_dependent])
    x, _, _ = standardised(regressors)
    check_collinearity(list(regressors.columns), within.residuals(x), model.absorbed)


def _variables(rows: Rows, model: Threshold, settings: Settings, is_balanced: bool) -> Variables:
    """The variables; period effects are dummies."""
    kept = np.ones(len(rows.time), dtype=bool)
    if settings.drops_last_period:
        kept = rows.time < rows.time.max()
    regressors = rows.matrix(model.regressors).to_numpy(dtype=float)
    if model.absorbed == "two_way":
        dummies = Groups.of(rows.time).indicator.T.toarray()[:, 1:]
        regressors = np.column_stack([regressors, dummies])
    return Variables(
        outcome=rows.column(model.outcome),
        regime_dependent=rows.matrix(model.regime_dependent).to_numpy(),
        regressors=regressors,
        threshold=rows.column(model.threshold_variable),
        entity=Groups.of(rows.entity),
        kept=kept,
        is_balanced=is_balanced,
    )


def _names(rows: Rows, model: Threshold) -> list[str]:
    """ "c1[regime 1]", "c1[regime 2]" ..., and the regressors that do not switch."""
    return [
        *(
            f"{name}[regime {number}]"
            for name in rows.matrix(model.regime_dependent).columns
            for number in range(1, model.thresholds + 2)
        ),
        *rows.matrix(model.regressors).columns,
    ]


def _test(number: int, stage: Stage) -> dict[str, Any]:
    """A stage as it goes into the results."""
    intervals = [curve.interval for curve in stage.curves]
    return {
        "test": "threshold",
        "thresholds": number,
        "estimate": list(stage.thresholds),
        "ci_low": [low for low, _ in intervals],
        "ci_high": [high for _, high in intervals],
        "ssr": stage.ssr,
        "f_statistic": stage.f_statistic,
        "p_value": stage.p_value,
        "crit_10": stage.critical(0.90),
        "crit_05": stage.critical(0.95),
        "crit_01": stage.critical(0.99),
        "replications": len(stage.bootstrap),
        "lr_curve": [
            {
                "threshold": curve.estimate,
                "gamma": curve.gamma.tolist(),
                "lr": curve.ratio.tolist(),
            }
            for curve in stage.curves
        ],
    }


def _statistics(last: Stage, regime: np.ndarray, fit: Fit) -> dict[str, float]:
    """The thresholds of the whole model, what each regime holds, and the fit."""
    names = ["gamma"] if len(last.curves) == 1 else ["gamma_1", "gamma_2", "gamma_3"]
    counts = np.bincount(regime, minlength=len(last.curves) + 1)
    return {
        **dict(zip(names, last.thresholds, strict=False)),
        **{f"n_regime_{i}": float(count) for i, count in enumerate(counts, start=1)},
        "ssr": last.ssr,
        "r2_within": fit.r2_within,
    }


def _warnings(last: Stage, variables: Variables, settings: Settings) -> list[str]:
    """What a reader has to know about the thresholds and their tests."""
    found = [
        f"threshold {curve.estimate:g} is at the edge of the values searched: the best one may "
        "lie beyond them"
        for curve in last.curves
        if curve.is_at_edge
    ]
    entities = len(variables.entity.counts)
    if settings.replications and not variables.is_balanced:
        found.append(
            "the panel is unbalanced, so histories of residuals cannot change places: the "
            "bootstrap gives each entity's own a random sign (wild cluster bootstrap)"
        )
    if settings.replications and entities < FEW_CLUSTERS:
        found.append(
            f"the bootstrap draws from {entities} entities, too few to trust its p values: "
            f"{FEW_CLUSTERS} or more are wanted"
        )
    return found


def _error_warnings(fit: Fit, names: Sequence[str], errors: Errors) -> list[str]:
    """What a reader has to know about the errors of the slopes."""
    found = []
    if errors.groups is not None and errors.groups < FEW_CLUSTERS:
        found.append(few_clusters(errors.groups))
    if lacking := [n for n, v in zip(names, np.diag(fit.covariance), strict=True) if v == 0]:
        found.append(no_errors(lacking))
    if fit.is_covariance_repaired:
        found.append("the two-way clustered covariance had negative eigenvalues, set to 0")
    return found
