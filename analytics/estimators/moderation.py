"""Moderation: how the slope of a treatment depends on another variable, the moderator.

    y = b x + d m + e (x - mean x) (m - mean m) + controls + effects

With both centred in the product, b is the slope of x where m is at its mean, and the simple slopes
are b + e (m - mean m) at chosen values of m (Aiken and West 1991).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from analytics.errors import CollinearityError, SpecificationError
from analytics.estimators.design import (
    cluster_columns,
    estimation_rows,
    model_rows,
    redundant_effects,
    result_of,
    singleton_warnings,
    within_of,
)
from analytics.estimators.inference import estimate_of
from analytics.estimators.regression import Fit, fit_least_squares, inference, warnings_of
from analytics.estimators.within import Within
from analytics.model import LinearModel
from analytics.panel import Panel
from analytics.results import Estimate, ModelResult
from analytics.rows import Rows

# Where the simple slopes are taken, in standard deviations of the moderator from its mean
PLACES = {"mean - sd": -1.0, "mean": 0.0, "mean + sd": 1.0}


class Moderation(LinearModel):
    """The slope of `treatment` at low, middle and high values of `moderator`."""

    resamples_errors: ClassVar[bool] = False

    estimator: Literal["moderation"]
    treatment: str
    moderator: str

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The treatment, the moderator and the controls."""
        return {
            "treatment": (self.treatment,),
            "moderator": (self.moderator,),
            "regressor": self.regressors,
        }

    def estimate(self, panel: Panel) -> ModelResult:
        """The regression and the simple slopes."""
        return estimate_moderation(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The same."""
        return estimate_moderation(self, panel)


def estimate_moderation(model: Moderation, panel: Panel) -> ModelResult:
    """Estimate a `moderation` model; its equations are `main` and `simple_slopes`.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or absorbed by the effects.
    """
    by = cluster_columns(model, panel)
    complete = model_rows(model, panel, by)
    complete.require_single(model.treatment, model.moderator)
    rows = estimation_rows(model, complete)
    within = within_of(model, rows)
    design, mean, spread = _design(model, rows, within)
    fit, design, said = _fitted(model, rows, design, within)
    names = list(design.columns)
    slopes = _simple_slopes(model, fit, names, spread)
    warnings = [*said, *warnings_of(fit, names), *singleton_warnings(panel, complete, rows)]
    return replace(
        result_of(model, panel, by, complete, rows),
        terms=(*inference(fit, names), *slopes),
        statistics={**fit.statistics, "moderator_mean": mean, "moderator_sd": spread},
        warnings=tuple(sorted([*warnings, *redundant_effects(model, panel, rows)])),
    )


def _product(model: Moderation) -> str:
    return f"{model.treatment}:{model.moderator}"


def _design(model: Moderation, rows: Rows, within: Within) -> tuple[pd.DataFrame, float, float]:
    """The regressors with the centred product, and mean and deviation of the moderator."""
    x, m = rows.column(model.treatment), rows.column(model.moderator)
    mean = float(within.mean(m))
    deviations = within.weighted(m - mean)
    variance = deviations @ deviations / max(1, len(m) - 1)  # a single row is refused later
    spread = float(np.sqrt(variance))
    design = rows.matrix([model.treatment, model.moderator, *model.regressors])
    if _product(model) in design:
        raise SpecificationError(f"regressor `{_product(model)}` is the interaction itself")
    design.insert(2, _product(model), (x - within.mean(x)) * (m - mean))
    return design, mean, spread


def _fitted(
    model: Moderation, rows: Rows, design: pd.DataFrame, within: Within
) -> tuple[Fit, pd.DataFrame, list[str]]:
    """The regression, without the moderator itself where the effects absorb it."""
    outcome = rows.column(model.outcome)
    try:
        return fit_least_squares(outcome, design, within, model.vce, rows.clusters), design, []
    except CollinearityError as error:
        if error.column != model.moderator or not error.reason.startswith("is absorbed"):
            raise
    design = design.drop(columns=model.moderator)
    said = f"the effects absorb `{model.moderator}`, whose own slope is left out"
    return fit_least_squares(outcome, design, within, model.vce, rows.clusters), design, [said]


def _simple_slopes(
    model: Moderation, fit: Fit, names: Sequence[str], spread: float
) -> tuple[Estimate, ...]:
    """The slope of the treatment at each place, its error by the delta method."""
    places = [names.index(model.treatment), names.index(_product(model))]
    params, covariance = fit.params[places], fit.covariance[np.ix_(places, places)]
    found = []
    for place, deviations in PLACES.items():
        weights = np.array([1.0, deviations * spread])
        variance = float(weights @ covariance @ weights) if np.diag(covariance).all() else 0.0
        name = f"{model.treatment}[{model.moderator} = {place}]"
        slope = float(weights @ params)
        found.append(estimate_of(name, slope, variance, fit.df, "simple_slopes"))
    return tuple(found)
