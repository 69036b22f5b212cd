"""Placebo: the slope of a treatment beside those of treatments that were assigned at random.

Entities that are observed in the same periods exchange their whole treatments, so that each placebo
has as many treated, as long and at the same times. Where the treatment does nothing, its slope is
one of theirs: the p value is that of Fisher's randomisation test.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import exp, lgamma, log
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from analytics.errors import SpecificationError
from analytics.estimators.design import (
    COLLINEAR,
    cluster_columns,
    estimation_rows,
    model_rows,
    redundant_effects,
    result_of,
    singleton_warnings,
    within_of,
)
from analytics.estimators.regression import fit_least_squares, inference, warnings_of
from analytics.estimators.within import Within
from analytics.model import LinearModel
from analytics.panel import Panel
from analytics.results import ModelResult
from analytics.rows import Rows
from analytics.sections import MOST_REPLICATIONS

CELLS = 4_000_000  # of one batch of placebos
QUANTILES = (0.025, 0.975)


class Placebo(LinearModel):
    """One regression, whose `treatment` is assigned at random again and again.

    `assign`: entities exchange whole treatments, or the values of each period, or all rows theirs.
    """

    resamples_errors: ClassVar[bool] = False

    estimator: Literal["placebo"]
    treatment: str
    assign: Literal["entities", "periods", "rows"] = "entities"
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] = 500
    seed: Annotated[int, Field(ge=0)] = 1

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The treatment and the controls."""
        return {"treatment": (self.treatment,), "regressor": self.regressors}

    def estimate(self, panel: Panel) -> ModelResult:
        """The regression and its placebos."""
        return estimate_placebo(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The regression alone."""
        return estimate_placebo(self, panel, with_placebos=False)


def estimate_placebo(model: Placebo, panel: Panel, with_placebos: bool = True) -> ModelResult:
    """Estimate a `placebo` model.

    Raises SpecificationError where the panel cannot serve the model or no placebo differs, and
    CollinearityError where a regressor is collinear with others or absorbed by the effects.
    """
    by = cluster_columns(model, panel)
    complete = model_rows(model, panel, by)
    complete.require_single(model.treatment)
    rows = estimation_rows(model, complete)
    within = within_of(model, rows)
    design = rows.matrix([model.treatment, *model.regressors])
    fit = fit_least_squares(rows.column(model.outcome), design, within, model.vce, rows.clusters)
    statistics, tests = dict(fit.statistics), []
    warnings = [*warnings_of(fit, design.columns), *singleton_warnings(panel, complete, rows)]
    if with_placebos:
        estimate = float(fit.params[0])
        slopes = _slopes(model, rows, design, within)
        warnings += _limits(model, rows)
        statistics |= _distribution(slopes, estimate)
        draws = {"draws": slopes.tolist(), "p_value": statistics["placebo_p"]}
        tests = [{"test": "placebo", "term": model.treatment, "estimate": estimate, **draws}]
        if lost := model.replications - len(slopes):
            warnings.append(
                f"{lost} of {model.replications} placebos are collinear with the controls and "
                "effects, and left out"
            )
    return replace(
        result_of(model, panel, by, complete, rows),
        terms=inference(fit, list(design.columns)),
        statistics=statistics,
        tests=tuple(tests),
        warnings=tuple(sorted([*warnings, *redundant_effects(model, panel, rows)])),
    )


def _distribution(slopes: np.ndarray, estimate: float) -> dict[str, float]:
    """Where the estimate lies among the slopes (r,) of placebos; it counts as one of them."""
    as_far = int((np.abs(slopes) >= abs(estimate) * (1 - 1e-9)).sum())
    low, high = np.quantile(slopes, QUANTILES)
    return {
        "placebo_p": (1 + as_far) / (1 + len(slopes)),
        "placebo_mean": float(slopes.mean()),
        "placebo_sd": float(slopes.std(ddof=1)) if len(slopes) > 1 else 0.0,
        "placebo_low": float(low),
        "placebo_high": float(high),
        "placebo_replications": float(len(slopes)),
    }


def _slopes(model: Placebo, rows: Rows, design: pd.DataFrame, within: Within) -> np.ndarray:
    """The slopes (replications that are identified,) of placebos, all else being as it is.

    Outcome and placebos are both taken net of controls and effects (Frisch, Waugh and Lovell).
    """
    treatment = rows.column(model.treatment)
    controls = within.residuals(design.iloc[:, 1:].to_numpy())
    basis = np.linalg.qr(controls)[0]
    outcome = within.residuals(rows.column(model.outcome))
    outcome = outcome - basis @ (basis.T @ outcome)
    varies = within.residuals(treatment - within.mean(treatment))
    least = COLLINEAR**2 * float(varies @ varies)
    found = []
    for batch in _batches(model, rows):
        x = within.residuals(treatment[batch])
        x -= basis @ (basis.T @ x)
        squares = np.einsum("nk,nk->k", x, x)
        known = squares > least
        found.append((outcome @ x)[known] / squares[known])
    slopes = np.concatenate(found)
    if len(slopes) == 0:
        raise SpecificationError("not one placebo has anything beside the controls and effects")
    return slopes


def _batches(model: Placebo, rows: Rows) -> Iterator[np.ndarray]:
    """From which row (n, k) each row has its placebo, k replications at a time."""
    n, groups = len(rows.values), _exchanges(model, rows)
    if max(map(len, groups)) < 2:
        raise SpecificationError(
            "no two entities are observed in the same periods, so that none can exchange its "
            "treatment: choose `assign: periods`"
        )
    random = np.random.default_rng(model.seed)
    size = max(1, CELLS // n)
    for start in range(0, model.replications, size):
        source = np.empty((n, min(size, model.replications - start)), dtype=np.int64)
        for column in source.T:
            for blocks in groups:
                column[blocks] = random.permutation(blocks)
        yield source


def _exchanges(model: Placebo, rows: Rows) -> list[np.ndarray]:
    """Groups of blocks (blocks, rows of each) that may change places."""
    if model.assign == "rows":
        return [np.arange(len(rows.values))[:, None]]
    if model.assign == "periods":
        return [block[:, None] for block in _runs(np.argsort(rows.time, kind="stable"), rows.time)]
    alike: dict[bytes, list[np.ndarray]] = {}
    for block in _runs(np.arange(len(rows.values)), rows.entity):
        alike.setdefault(rows.time[block].tobytes(), []).append(block)
    return [np.array(blocks) for blocks in alike.values()]


def _limits(model: Placebo, rows: Rows) -> list[str]:
    """Warnings of what cannot change places, and of few ways to do so."""
    sizes = [len(blocks) for blocks in _exchanges(model, rows)]
    found = []
    if alone := sizes.count(1):
        found.append(
            f"{alone} of {sum(sizes)} have no other of the same periods to change places with, and "
            "keep their treatment in every placebo"
        )
    if (ways := sum(lgamma(size + 1) for size in sizes)) < log(model.replications):
        found.append(
            f"treatments can change places in {exp(ways):.0f} ways alone, and the p value has no "
            "finer steps"
        )
    return found


def _runs(order: np.ndarray, codes: np.ndarray) -> list[np.ndarray]:
    """The rows `order` (n,), cut where their codes (n,) change."""
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
