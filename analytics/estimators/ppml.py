"""Poisson pseudo maximum likelihood with any number of sets of effects, as in gravity models.

    E(y | x) = exp(x'b + effects), y >= 0        (Santos Silva and Tenreyro 2006)

Iterated weighted least squares; pyfixest's solver takes the effects out of every step. Its own
loop, `fepois`, gives the same estimates (the suite holds the two equal), but says neither how
many iterations there were nor that there were too few of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator
from scipy import special

from analytics.errors import CollinearityError, SpecificationError
from analytics.estimators.covariance import Errors, check_rows, positive
from analytics.estimators.design import (
    check_collinearity,
    cluster_columns,
    model_rows,
    result_of,
    standardised,
)
from analytics.estimators.inference import FEW_CLUSTERS, estimate_of, few_clusters, no_errors, wald
from analytics.estimators.within import count_groups, dense_codes, is_nested
from analytics.model import Model
from analytics.panel import Panel
from analytics.results import ModelResult
from analytics.rows import Rows
from analytics.sections import Absorption, Section, Vce

ITERATIONS = 200
SETTLED = 1e-6  # of the linear predictor, from one step to the next
FALLING = -0.5  # a step of a row whose fit goes to 0: they go down by 1
FARTHEST = 40.0  # of the linear predictor from the mean's, so that no weight becomes 0
HALVINGS = 30
PRECISION = 1e-10  # of the effects that are taken out, in the end
ROUGHLY = 1e-3  # of the effects at first, and of a step later
SWEEPS = 100_000


def _crossed(entry: Any) -> Any:
    """Columns that are crossed, as "exporter:year", from `[exporter, year]` too."""
    if isinstance(entry, list | tuple) and entry and all(isinstance(name, str) for name in entry):
        return ":".join(entry)
    return entry


Crossing = Annotated[str, BeforeValidator(_crossed)]


class PoissonVce(Section):
    """How the covariance is computed; each cluster variable is a column, or several crossed.

    `fixest` multiplies as the project's least squares do, `stata` is ppmlhdfe: G / (G - 1), or
    N / (N - 1).
    """

    type: Literal["robust", "hc1", "cluster"] = "robust"
    by: Annotated[tuple[Crossing, ...], Field(max_length=2)] = ()
    small_sample: Literal["fixest", "stata", "none"] = "fixest"

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        return {"type": content} if isinstance(content, str) else content

    @model_validator(mode="after")
    def _options_fit_type(self) -> Self:
        if self.by and self.type != "cluster":
            raise ValueError(f"`by` is for clustered errors, not for type {self.type}")
        return self


class PoissonPseudoLikelihood(Model):
    """Poisson pseudo maximum likelihood; each set of effects is a column, or several crossed."""

    estimator: Literal["ppml"]
    regressors: Annotated[tuple[str, ...], Field(min_length=1)]
    fixed_effects: tuple[Crossing, ...] = ()
    vce: PoissonVce = PoissonVce()
    keep_singletons: bool = False

    @property
    def absorption(self) -> Absorption:
        """The sets of effects."""
        return Absorption(sets=self.fixed_effects)

    @property
    def errors(self) -> Vce:
        """The same errors among those of all estimators."""
        kind: Literal["cluster", "hc1", "hc0"] = "cluster" if self.vce.type == "cluster" else "hc1"
        is_plain = self.vce.small_sample == "none"
        if kind == "hc1" and is_plain:
            kind = "hc0"
        return Vce(
            type=kind,
            by=self.vce.by,
            small_sample="none" if is_plain else "stata",
        )

    def estimate(self, panel: Panel) -> ModelResult:
        """The estimates, and Ramsey's RESET."""
        return estimate_ppml(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """The estimates alone."""
        return estimate_ppml(self, panel, with_reset=False)


@dataclass(frozen=True)
class Sets:
    """The sets of effects of n rows."""

    codes: np.ndarray  # (n, sets) integers

    def keep(self, mask: np.ndarray) -> "Sets":
        """Those of the rows where the mask is true, numbered from 0."""
        kept = self.codes[mask]
        return Sets(np.column_stack([kept[:, :0], *(dense_codes(codes)[0] for codes in kept.T)]))

    def residuals(self, columns: np.ndarray, weights: np.ndarray, precision: float) -> np.ndarray:
        """What the effects leave of columns (n, k) under weights (n,)."""
        if self.codes.shape[1] == 0:
            return columns
        # Only where there are effects. Their other solver gives other bytes each time
        from pyfixest.core.demean import demean

        left, is_exact = demean(columns, self.codes, weights, precision, SWEEPS)
        if not is_exact:
            raise SpecificationError(
                f"the effects could not be taken out in {SWEEPS} sweeps: the sets hardly hang "
                "together; leave one out"
            )
        return left

    def rank(self, without: Sequence[bool]) -> int:
        """How many coefficients the constant and the sets take, some sets not counted (fixest)."""
        sizes = [
            count_groups(codes) - 1
            for codes, is_left_out in zip(self.codes.T, without, strict=True)
            if not is_left_out
        ]
        return 1 + sum(sizes)


@dataclass(frozen=True)
class Solution:
    """What the steps came to."""

    params: np.ndarray  # (k,) of the columns of x
    net: np.ndarray  # (n, k) x, net of the effects under the weights `fitted`
    predictor: np.ndarray  # (n,) the logarithm of `fitted`
    fitted: np.ndarray  # (n,)
    iterations: int
    falling: np.ndarray  # (n,) rows whose fit goes to 0, for which no estimate exists


def estimate_ppml(
    model: PoissonPseudoLikelihood, panel: Panel, with_reset: bool = True
) -> ModelResult:
    """Estimate a `ppml` model.

    Raises SpecificationError where the outcome is negative, no row is left or the steps do not
    settle, and CollinearityError where a regressor adds nothing to those before and the effects.
    """
    if not model.regressors:
        raise SpecificationError("no regressor is left")
    by = cluster_columns(model, panel)
    complete = model_rows(model, panel, by)
    outcome = _outcome(model, complete)
    sets = Sets(complete.sets)
    kept, solution, lost = _fitted(model, outcome, complete, sets)
    rows, sets, outcome = complete.keep(kept), sets.keep(kept), outcome[kept]
    errors = _errors(model, rows, sets)
    names = list(rows.matrix(model.regressors).columns)
    params, covariance, warnings = _covariance(solution, outcome, rows, model, errors)
    constant = [] if model.fixed_effects else ["const"]
    terms = tuple(
        estimate_of(name, float(value), float(variance), None)
        for name, value, variance in zip(
            [*names, *constant], params, np.diag(covariance), strict=True
        )
    )
    statistics = _goodness(outcome, solution, errors.k_all)
    statistics |= {"n_separated": float(lost.separated)}
    if errors.groups is not None:
        statistics["n_clusters"] = float(errors.groups)
    if with_reset:
        more, said = _reset(outcome, solution, rows, model, sets, errors)
        statistics |= more
        warnings += said
    if lost.separated:
        warnings.append(
            f"{lost.separated} rows in which the outcome is 0 are separated, that is fitted "
            "exactly by effects or regressors that go to infinity, and left out"
        )
    grouped = f" by {' and '.join(by)}" if by else ""
    return replace(
        result_of(model, panel, by, complete, rows),
        vce=f"{model.vce.type}{grouped} ({model.vce.small_sample})",
        n_singletons=lost.singletons,
        terms=terms,
        statistics=statistics,
        warnings=tuple(sorted(warnings)),
    )


def _outcome(model: PoissonPseudoLikelihood, rows: Rows) -> np.ndarray:
    """The outcome (n,), which is 0 or more and not 0 throughout."""
    outcome = rows.column(model.outcome)
    if (negative := outcome < 0).any():
        first = int(rows.source[negative].min())
        value = outcome[rows.source == first][0]
        raise SpecificationError(
            f"`{model.outcome}` is {value:g} in row {first + 1}, and ppml explains numbers of 0 "
            "or more: leave such rows out by `sample`"
        )
    if not outcome.any():
        raise SpecificationError(f"`{model.outcome}` is 0 in every row")
    return outcome


@dataclass
class _Lost:
    """Rows that say nothing about the slopes."""

    singletons: int = 0
    separated: int = 0


def _fitted(
    model: PoissonPseudoLikelihood, outcome: np.ndarray, rows: Rows, sets: Sets
) -> tuple[np.ndarray, Solution, _Lost]:
    """The rows (n,) that estimates exist for, and the estimates on them.

    Some rows are separated (Correia, Guimarães and Zylkin 2019): a sum of columns and effects is
    0 wherever the outcome is positive, negative in them and nowhere positive, so that their fit
    goes to 0 for ever. Each step of the iterations then is such a sum, which tells them.
    """
    lost = _Lost()
    kept = np.ones(len(outcome), dtype=bool)
    while True:
        kept = _informative(outcome, sets, kept, model.keep_singletons, lost)
        if not kept.any():
            raise SpecificationError(
                f"no row is left: {lost.separated} are separated (outcome 0, fitted exactly) and "
                f"{lost.singletons} alone in a group of the effects"
            )
        own, y = sets.keep(kept), outcome[kept]
        try:
            x = _design(rows.keep(kept), model)
            _check(x, own, rows.keep(kept), model)
        except CollinearityError as error:
            more = f" once {lost.separated} separated rows are left out" if lost.separated else ""
            raise CollinearityError(error.column, f"{error.reason}{more}") from None
        solution = solve(y, x, own)
        if not solution.falling.any():
            return kept, solution, lost
        lost.separated += int(solution.falling.sum())
        kept[np.flatnonzero(kept)[solution.falling]] = False


def _informative(
    outcome: np.ndarray, sets: Sets, kept: np.ndarray, keeps_singletons: bool, lost: _Lost
) -> np.ndarray:
    """The rows (n,) without groups in which all outcomes are 0, and without groups of one row."""
    kept = kept.copy()
    while True:
        before = kept.sum()
        for codes in sets.codes.T:
            groups = dense_codes(codes[kept])[0]
            is_zero = np.bincount(groups, outcome[kept] > 0)[groups] == 0
            lost.separated += int(is_zero.sum())
            kept[kept] = ~is_zero
            groups, counts = dense_codes(codes[kept])
            is_single = (counts[groups] == 1) & (not keeps_singletons)
            lost.singletons += int(is_single.sum())
            kept[kept] = ~is_single
        if kept.sum() == before:
            return kept


def _design(rows: Rows, model: PoissonPseudoLikelihood) -> np.ndarray:
    """The standardised regressors (n, k), and a constant where no effects take it in."""
    x = standardised(rows.matrix(model.regressors))[0]
    return x if model.fixed_effects else np.column_stack([x, np.ones(len(x))])


def _check(x: np.ndarray, sets: Sets, rows: Rows, model: PoissonPseudoLikelihood) -> None:
    """Raise CollinearityError for a regressor that adds nothing."""
    names = list(rows.matrix(model.regressors).columns)
    net = sets.residuals(x, np.ones(len(x)), PRECISION)[:, : len(names)]
    check_collinearity(names, net, "fixed")


def solve(outcome: np.ndarray, x: np.ndarray, sets: Sets) -> Solution:
    """Iterated weighted least squares of `outcome` (n,) on x (n, k) and effects.

    Raises SpecificationError where the linear predictor does not settle, be it for few rows.
    """
    scale = outcome.mean()
    y = outcome / scale
    fitted = (y + 1) / 2
    predictor = np.log(fitted)
    working, net = np.zeros(len(y)), np.column_stack([np.zeros(len(y)), x])
    precision = ROUGHLY
    for iteration in range(1, ITERATIONS + 1):
        # What the effects have left before leaves less for them to take out now
        net[:, 0] += predictor + y / fitted - 1 - working
        working = predictor + y / fitted - 1
        net = sets.residuals(net, fitted, precision)
        root = np.sqrt(fitted)[:, None]
        params = np.linalg.lstsq(root * net[:, 1:], root[:, 0] * net[:, 0], rcond=None)[0]
        step = working - (net[:, 0] - net[:, 1:] @ params) - predictor
        falling = (y == 0) & (step < FALLING)
        if precision == PRECISION and np.abs(step[~falling]).max() < SETTLED:
            level = predictor + np.log(scale)
            return Solution(params, net[:, 1:], level, fitted * scale, iteration, falling)
        # Rows that fall for ever are told while they are near: the others decide how exact to be
        largest = np.abs(step[y > 0]).max()
        precision = PRECISION if largest < ROUGHLY else min(precision, largest * ROUGHLY)
        if iteration > 1:  # the start is no sum of regressors and effects, and closer than any
            step = _shortened(y, predictor, step)
        predictor = np.clip(predictor + step, -FARTHEST, FARTHEST)
        fitted = np.exp(predictor)
    by_effects = sets.rank([False] * sets.codes.shape[1]) if sets.codes.shape[1] else 0
    check_rows(int((~falling).sum()), x.shape[1] + by_effects)  # which is why, where it is so
    raise SpecificationError(
        f"the estimates do not settle in {ITERATIONS} iterations: the outcome may have a few "
        "values far beyond the others"
    )


def _shortened(y: np.ndarray, predictor: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The step (n,), halved until the deviance does not grow."""
    most = _deviance(y, predictor) * (1 + SETTLED) + SETTLED
    for _ in range(HALVINGS):
        if _deviance(y, predictor + step) <= most:
            break
        step = step / 2
    return step


def _deviance(y: np.ndarray, predictor: np.ndarray) -> float:
    with np.errstate(over="ignore"):  # an infinite deviance is none to go to
        return float(2 * (special.xlogy(y, y) - y * predictor - y + np.exp(predictor)).sum())


def _errors(model: PoissonPseudoLikelihood, rows: Rows, sets: Sets) -> Errors:
    """What the errors rest on: clusters, and the coefficients that the convention counts."""
    slopes = sum(len(rows.columns[term]) for term in model.regressors)
    nested = [any(is_nested(codes, c) for c in rows.clusters.T) for codes in sets.codes.T]
    k_all = slopes + sets.rank([False] * len(nested))
    k_counted = slopes + sets.rank(nested) if model.vce.small_sample == "fixest" else 1
    groups = min(map(count_groups, rows.clusters.T), default=None)
    if groups == 1:
        raise SpecificationError("clustered errors need two clusters or more, and there is one")
    check_rows(len(rows.values), k_counted)
    return Errors(model.errors, rows.clusters, rows.time, groups, 0, k_all, k_counted)


def _sandwich(outcome: np.ndarray, solution: Solution, errors: Errors) -> np.ndarray:
    """The covariance (k, k) of the coefficients of the standardised design."""
    net = solution.net
    bread = np.linalg.inv(net.T @ (net * solution.fitted[:, None]))
    spread = float(((outcome - outcome.mean()) ** 2).mean() / outcome.mean())
    residuals = outcome - solution.fitted
    if (np.abs(residuals) < SETTLED * solution.fitted).all():  # as short as a step may be: exact
        residuals = np.zeros_like(residuals)
    return errors.covariance(bread, net, residuals, spread)


def _covariance(
    solution: Solution,
    outcome: np.ndarray,
    rows: Rows,
    model: PoissonPseudoLikelihood,
    errors: Errors,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Coefficients (k,) and covariance (k, k) in the units given, and what to know of them."""
    design = rows.matrix(model.regressors)
    _, center, scale = standardised(design)
    covariance, is_repaired = positive(_sandwich(outcome, solution, errors))
    back = np.diag(1 / scale)
    params = solution.params.copy()
    if not model.fixed_effects:
        back = np.diag(np.append(1 / scale, 1.0))
        back[-1, :-1] = -center / scale
        params[-1] += np.log(outcome.mean())
    warnings = []
    if errors.groups is not None and errors.groups < FEW_CLUSTERS:
        warnings.append(few_clusters(errors.groups))
    if is_repaired:
        warnings.append("the two-way clustered covariance had negative eigenvalues, set to 0")
    lacking = [name for name, v in zip(design.columns, np.diag(covariance), strict=False) if v == 0]
    if lacking:
        warnings.append(no_errors(lacking))
    return back @ params, back @ covariance @ back.T, warnings


def _goodness(outcome: np.ndarray, solution: Solution, k_all: int) -> dict[str, float]:
    """How well the fit does; the adjusted pseudo R2 is fixest's."""
    fitted = solution.fitted
    constants = special.gammaln(outcome + 1)
    likelihood = float((outcome * solution.predictor - fitted - constants).sum())
    mean = outcome.mean()
    null = float((outcome * np.log(mean) - mean - constants).sum())
    statistics = {
        "iterations": float(solution.iterations),
        "deviance": max(_deviance(outcome, solution.predictor), 0.0),
        "log_likelihood": likelihood,
        "pseudo_r2": 1 - likelihood / null,
        "adjusted_pseudo_r2": 1 - (likelihood - k_all) / (null - 1),
    }
    if np.ptp(outcome) > 0 and np.ptp(fitted) > 0:
        statistics["squared_correlation"] = float(np.corrcoef(outcome, fitted)[0, 1] ** 2)
    return statistics


def _reset(
    outcome: np.ndarray,
    solution: Solution,
    rows: Rows,
    model: PoissonPseudoLikelihood,
    sets: Sets,
    errors: Errors,
) -> tuple[dict[str, float], list[str]]:
    """Ramsey's RESET: does the square of the linear predictor add anything? By the same errors."""
    try:
        square = pd.DataFrame({"square": (solution.predictor - solution.predictor.mean()) ** 2})
        x = np.column_stack([standardised(square)[0], _design(rows, model)])
        names = ["square", *rows.matrix(model.regressors).columns]
        net = sets.residuals(x, np.ones(len(x)), PRECISION)[:, : len(names)]
        order = [*range(1, len(names)), 0]  # the square comes last: it is what may add nothing
        check_collinearity([names[i] for i in order], net[:, order], "fixed")
        wider = solve(outcome, x, sets)
    except SpecificationError:
        return {}, ["RESET does not exist: the squared linear predictor adds nothing of its own"]
    test = wald(wider.params[:1], _sandwich(outcome, wider, errors)[:1, :1], None)
    if test["statistic"] is None or wider.falling.any():
        return {}, ["RESET does not exist: the squared linear predictor has no error"]
    return {"reset_chi2": test["statistic"], "reset_p": test["p_value"]}, []
