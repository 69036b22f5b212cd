"""Two-stage least squares, how strong its instruments are, and inference that does not mind.

linearmodels computes the estimates and the rank statistics of Kleibergen and Paap (2006); effects
are partialled out before, and the small-sample conventions are those of least squares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy import linalg, special

from analytics.errors import CollinearityError, SpecificationError
from analytics.estimators.covariance import (
    Errors,
    positive,
    prepare_errors,
    wald_distance,
    without_vanishing,
)
from analytics.estimators.design import (
    check_collinearity,
    cluster_columns,
    estimation_rows,
    model_rows,
    redundant_effects,
    result_of,
    singleton_warnings,
    standardised,
    within_of,
)
from analytics.estimators.inference import (
    FEW_CLUSTERS,
    estimate_of,
    few_clusters,
    no_errors,
    wald,
    wald_statistics,
)
from analytics.estimators.regression import (
    NO_MODEL_TEST,
    model_test,
    restored,
    unstandardising,
)
from analytics.estimators.within import Within
from analytics.model import LinearModel
from analytics.panel import Panel
from analytics.results import ModelResult
from analytics.rows import Rows
from analytics.sections import Vce

LINEARMODELS_COVARIANCE = {
    "classical": "unadjusted",
    "hc0": "robust",
    "hc1": "robust",
    "cluster": "clustered",
}
WEAK = 10  # the rule of thumb of Staiger and Stock (1997)
LEVEL = 0.05


class InstrumentalVariables(LinearModel):
    """Two-stage least squares: `instruments` stand in for the `endogenous` regressors."""

    estimator: Literal["iv"]
    endogenous: Annotated[tuple[str, ...], Field(min_length=1)]
    instruments: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _identified(self) -> Self:
        if len(self.instruments) < len(self.endogenous):
            raise ValueError(_under_identified(len(self.endogenous), len(self.instruments)))
        if self.vce.type in ("driscoll_kraay", "wild_cluster"):
            raise ValueError(f"{self.vce.type} errors are not for the estimator iv")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Exogenous regressors, endogenous ones and instruments."""
        return {
            "endogenous regressor": self.endogenous,
            "regressor": self.regressors,
            "instrument": self.instruments,
        }

    def estimate(self, panel: Panel) -> ModelResult:
        """Two-stage least squares, by linearmodels, and tests of the instruments."""
        return estimate_instrumental(self, panel)

    def repeat(self, panel: Panel) -> ModelResult:
        """Two-stage least squares alone, without linearmodels."""
        return repeat_instrumental(self, panel)


def _under_identified(endogenous: int, instruments: int) -> str:
    return (
        f"{endogenous} endogenous regressors need as many instruments or more, and there are "
        f"{instruments}"
    )


@dataclass(frozen=True)
class Variables:
    """n rows net of the effects, each with mean 0 and, before, a standard deviation of 1."""

    outcome: np.ndarray  # (n,)
    endogenous: np.ndarray  # (n, p)
    exogenous: np.ndarray  # (n, k)
    instruments: np.ndarray  # (n, l), l >= p

    @property
    def excluded(self) -> np.ndarray:
        """The instruments (n, l) less what the exogenous regressors explain."""
        return self.net(self.instruments)

    def net(self, columns: np.ndarray) -> np.ndarray:
        """What the exogenous regressors leave of columns (n, m)."""
        if self.exogenous.shape[1] == 0:
            return columns
        return columns - self.exogenous @ np.linalg.lstsq(self.exogenous, columns, rcond=None)[0]


@dataclass(frozen=True)
class ReducedForm:
    """Outcome and endogenous regressors on the instruments, as one system of equations."""

    outcome: np.ndarray  # (l,) coefficients
    endogenous: np.ndarray  # (l, p)
    covariance: np.ndarray  # (l (1 + p), l (1 + p)), the outcome first
    df: int | None

    def at(self, null: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (l,) of outcome less `null` (p,) times endogenous, and covariance (l, l)."""
        weights = np.append(1.0, -null)
        contrast = np.kron(weights, np.eye(len(self.outcome)))
        return self.outcome - self.endogenous @ null, contrast @ self.covariance @ contrast.T

    def first_stage(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (l,) of an endogenous regressor, and the covariance (l, l) of its equation.

        Of that alone: what two-way clustering leaves negative in another one is none of its own.
        """
        own = slice((place + 1) * len(self.outcome), (place + 2) * len(self.outcome))
        return self.endogenous[:, place], self.covariance[own, own]

    def possible(self, unit: float) -> tuple["ReducedForm", bool]:
        """The same without negative eigenvalues, and whether there were any.

        `unit` is the size of the outcome, whose unit would else decide which of them count.
        """
        scale = np.ones(len(self.covariance))
        scale[: len(self.outcome)] = unit
        units = np.outer(scale, scale)
        covariance, is_repaired = positive(self.covariance / units)
        return replace(self, covariance=covariance * units), is_repaired


@dataclass(frozen=True)
class Design:
    """The rows and variables of a model; its first p names are those of endogenous regressors."""

    complete: Rows
    rows: Rows  # what is left of the complete ones
    by: list[str]  # the columns of the clusters
    within: Within
    names: list[str]  # (p + k,)
    center: np.ndarray  # (p + k,) means of the regressors
    scale: np.ndarray  # (p + k,) their standard deviations
    mean: float  # of the outcome
    variables: Variables
    errors: Errors

    @property
    def regressors(self) -> np.ndarray:
        """All regressors (n, p + k), net and standardised."""
        return np.column_stack([self.variables.endogenous, self.variables.exogenous])

    @cached_property
    def projected(self) -> np.ndarray:
        """What the instruments say of the regressors (n, p + k)."""
        z = np.column_stack([self.variables.instruments, self.variables.exogenous])
        return z @ np.linalg.lstsq(z, self.regressors, rcond=None)[0]

    @cached_property
    def bread(self) -> np.ndarray:
        """The inverse Gram matrix (p + k + 1, p + k + 1) of the projected and a constant."""
        n, size = self.projected.shape
        bread = np.zeros((size + 1, size + 1))
        bread[:-1, :-1], bread[-1, -1] = np.linalg.inv(self.projected.T @ self.projected), 1 / n
        return bread

    @property
    def constant(self) -> np.ndarray:
        """The constant (n,), as the rows count."""
        return self.within.weighted(np.ones(len(self.rows.values)))

    @property
    def spread(self) -> float:
        """The mean square of the outcome net of the effects."""
        return float(np.mean(self.variables.outcome**2))


def estimate_instrumental(model: InstrumentalVariables, panel: Panel) -> ModelResult:
    """Estimate an `iv` model, and test how strong its instruments are.

    Raises SpecificationError where the panel cannot serve the model, and CollinearityError where
    a regressor is collinear with others or absorbed by the effects.
    """
    design = _design(model, panel)
    variables, errors, rows = design.variables, design.errors, design.rows
    p, k = variables.endogenous.shape[1], variables.exogenous.shape[1]
    first_stage = prepare_errors(
        model.vce,
        variables.instruments.shape[1] + k,
        *(rows.entity, rows.time, rows.clusters, design.within),
    )
    fitted = _fit(variables, design.mean, model.vce, rows.clusters, design.constant)
    # linearmodels: constant, exogenous, endogenous
    order = [*range(1 + k, 1 + k + p), *range(1, 1 + k), 0]
    slopes = fitted.params.to_numpy()[order][:-1]
    covariance = without_vanishing(
        errors.factor * fitted.cov.to_numpy()[np.ix_(order, order)],
        design.spread * np.diag(design.bread),
    )
    result = _result(model, panel, design, slopes, covariance)

    reduced = reduced_form(variables, first_stage)
    tests, statistics, warnings = _strength(
        variables, reduced, fitted, first_stage, design.names[:p]
    )
    reduced, is_repaired = reduced.possible(design.spread**0.5)
    if is_repaired:
        warnings.append(
            "the two-way clustered covariance of the reduced form had negative eigenvalues, set to "
            "0 for the Anderson-Rubin test"
        )
    more_tests, more, said = _anderson_rubin(reduced, design.scale[:p], model.endogenous)
    restrictions, doubts = overidentification(variables, model.vce, errors, slopes)
    statistics |= more | restrictions
    return replace(
        result,
        statistics=statistics | dict(result.statistics),
        tests=(*tests, *more_tests),
        warnings=tuple(sorted([*warnings, *said, *doubts, *result.warnings])),
    )


def repeat_instrumental(model: InstrumentalVariables, panel: Panel) -> ModelResult:
    """The estimates of an `iv` model by the projection on its instruments, without any test."""
    design = _design(model, panel)
    projected, bread = design.projected, design.bread
    slopes = bread[:-1, :-1] @ (projected.T @ design.variables.outcome)
    covariance = design.errors.covariance(
        bread,
        np.column_stack([projected, design.constant]),
        design.variables.outcome - design.regressors @ slopes,
        design.spread,
    )
    return _result(model, panel, design, slopes, covariance)


def _design(model: InstrumentalVariables, panel: Panel) -> Design:
    by = cluster_columns(model, panel)
    complete = model_rows(model, panel, by)
    rows = estimation_rows(model, complete)
    within = within_of(model, rows)
    frame = rows.matrix([*model.endogenous, *model.regressors])
    names = list(frame.columns)
    x, center, scale = standardised(frame, within)
    x = within.residuals(x)
    check_collinearity(names, x, within.effects)
    p = rows.matrix(model.endogenous).shape[1]
    y = rows.column(model.outcome)
    z = _instruments(model, rows, within, names[p:], x[:, p:])
    if z.shape[1] < p:  # categories are several columns
        raise SpecificationError(_under_identified(p, z.shape[1]))
    mean = float(within.mean(y))
    variables = Variables(within.residuals(y - mean), x[:, :p], x[:, p:], z)
    if not variables.outcome.any():
        raise SpecificationError(f"the outcome does not vary beyond its {within.effects} effects")
    errors = prepare_errors(model.vce, x.shape[1], rows.entity, rows.time, rows.clusters, within)
    return Design(complete, rows, by, within, names, center, scale, mean, variables, errors)


def _result(
    model: InstrumentalVariables,
    panel: Panel,
    design: Design,
    slopes: np.ndarray,
    covariance: np.ndarray,
) -> ModelResult:
    """The estimates in the units given, from standardised slopes (p + k,), the constant last."""
    errors, outcome = design.errors, design.variables.outcome
    covariance[:-1, :-1], is_repaired = positive(covariance[:-1, :-1])
    back = unstandardising(design.center, design.scale)
    params = back @ np.append(slopes, design.mean)
    covariance = restored(covariance, back, design.spread * design.bread)
    variances = np.diag(covariance)
    residuals = outcome - design.regressors @ slopes
    r2 = "r2_within" if design.within.codes else "r2_overall"
    statistics = {r2: 1 - float(residuals @ residuals) / float(outcome @ outcome)}
    warnings = singleton_warnings(panel, design.complete, design.rows)
    warnings += redundant_effects(model, panel, design.rows)
    if lacking := [n for n, v in zip(design.names, variances, strict=False) if v == 0]:
        warnings.append(no_errors(lacking))
    statistics |= model_test(params[:-1], covariance[:-1, :-1], errors.df)
    if "model_p" not in statistics:
        warnings.append(NO_MODEL_TEST)
    if errors.groups is not None:
        statistics["n_clusters"] = float(errors.groups)
        if errors.groups < FEW_CLUSTERS:
            warnings.append(few_clusters(errors.groups))
    if is_repaired:
        warnings.append("the two-way clustered covariance had negative eigenvalues, set to 0")
    return replace(
        result_of(model, panel, design.by, design.complete, design.rows),
        terms=tuple(
            estimate_of(name, float(value), float(variance), errors.df)
            for name, value, variance in zip(
                [*design.names, "const"], params, variances, strict=True
            )
        ),
        statistics=statistics,
        warnings=tuple(sorted(warnings)),
    )


def reduced_form(variables: Variables, errors: Errors) -> ReducedForm:
    """Regress outcome and endogenous regressors on the instruments, exogenous ones partialled out.

    The covariance is joint, so that any combination of the equations has the errors that its own
    regression would have.
    """
    z = variables.excluded
    left = variables.net(np.column_stack([variables.outcome, variables.endogenous]))
    bread = np.linalg.inv(z.T @ z)
    params = bread @ (z.T @ left)  # (l, 1 + p)
    residuals = left - z @ params
    scale = np.kron((left**2).mean(axis=0), np.diag(bread))
    if errors.vce.type == "classical":
        covariance = np.kron(residuals.T @ residuals / len(z), bread)
    else:
        scores = np.hstack([z * residuals[:, [j]] for j in range(left.shape[1])])
        covariance = errors.meat(scores @ np.kron(np.eye(left.shape[1]), bread))
    covariance = errors.factor * without_vanishing(covariance, scale)
    return ReducedForm(params[:, 0], params[:, 1:], covariance, errors.df)


def anderson_rubin_set(reduced: ReducedForm) -> list[tuple[float, float]]:
    """All values of the one endogenous slope that the Anderson-Rubin test does not reject at 5 %.

    The statistic g' V^-1 g, with g (l,) and V (l, l) at a value of the slope, is c where the matrix
    c V - g g', which is quadratic in the value, is singular: at the real eigenvalues of a quadratic
    eigenproblem (Tisseur and Meerbergen 2001). So the set is exact; it can be empty, a union of
    intervals, or have no end (Dufour and Taamouti 2005).
    """
    size = len(reduced.outcome)
    if reduced.df is None:
        critical = float(special.chdtri(size, LEVEL))
    else:
        critical = size * float(special.fdtri(size, reduced.df, 1 - LEVEL))
    o = reduced.covariance
    yy, yx, xx = o[:size, :size], o[:size, size:], o[size:, size:]
    g, h = reduced.outcome, reduced.endogenous[:, 0]
    constant = critical * yy - np.outer(g, g)
    linear = -critical * (yx + yx.T) + np.outer(g, h) + np.outer(h, g)
    square = critical * xx - np.outer(h, h)
    zero, one = np.zeros((size, size)), np.eye(size)
    values = linalg.eigvals(
        np.block([[zero, one], [-constant, -linear]]), np.block([[one, zero], [zero, square]])
    )
    values = values[np.isfinite(values)]
    real = values.real[np.abs(values.imag) <= 1e-7 * (1 + np.abs(values.real))]
    bounds = [-np.inf, *np.sort(real), np.inf]
    kept: list[tuple[float, float]] = []
    for low, high in pairwise(bounds):
        coefficients, covariance = reduced.at(np.array([_inside(low, high)]))
        if wald_distance(coefficients, covariance)[0] > critical:
            continue
        if kept and kept[-1][1] == low:  # no root lies between, but a pair that touches
            low = kept.pop()[0]
        kept.append((float(low), float(high)))
    return kept


def overidentification(
    variables: Variables, vce: Vce, errors: Errors, slopes: np.ndarray
) -> tuple[dict[str, float], list[str]]:
    """Sargan's statistic under classical errors, else Hansen's J, from two-step GMM; warnings.

    `slopes` (p + k,) are the two-stage least-squares ones of the variables as they are scaled here.
    Nothing where there are as many instruments as endogenous regressors, nor, as in ivreg2, where
    the covariance of the moments lacks full rank: J then has no distribution.
    """
    df = variables.instruments.shape[1] - variables.endogenous.shape[1]
    if df == 0:
        return {}, []
    x = np.column_stack([variables.endogenous, variables.exogenous])
    z = np.column_stack([variables.instruments, variables.exogenous])
    residuals = variables.outcome - x @ slopes
    if vce.type == "classical":
        name, weight = "sargan", z.T @ z * float(residuals @ residuals) / len(z)
    else:
        name, weight = "hansen", positive(errors.meat(z * residuals[:, None]))[0]
        inverse = np.linalg.pinv(weight, hermitian=True)
        moments = x.T @ z @ inverse
        slopes = np.linalg.lstsq(moments @ (z.T @ x), moments @ (z.T @ variables.outcome))[0]
        residuals = variables.outcome - x @ slopes
    scale = float(np.mean(variables.outcome**2)) * (z**2).sum(axis=0)
    weight = without_vanishing(weight, scale)
    if not np.diag(weight).all():  # an exact fit, or scores that add up to nothing: no error either
        return {}, []
    statistic, rank = wald_distance(z.T @ residuals, weight)
    if rank < len(weight):
        return {}, [
            f"Hansen's J does not exist: the covariance of its {len(weight)} moments has rank "
            f"{rank}, as with fewer clusters than moments"
        ]
    value = "sargan" if name == "sargan" else "hansen_j"
    p_value = float(special.chdtrc(df, statistic))
    return {value: statistic, f"{name}_df": float(df), f"{name}_p": p_value}, []


def _instruments(
    model: InstrumentalVariables,
    rows: Rows,
    within: Within,
    exogenous: Sequence[str],
    x: np.ndarray,
) -> np.ndarray:
    """The instruments (n, l) net of the effects; each must add to the exogenous regressors."""
    frame = rows.matrix(model.instruments)
    try:
        z = within.residuals(standardised(frame, within)[0])
        check_collinearity([*exogenous, *frame.columns], np.hstack([x, z]), within.effects)
    except CollinearityError as error:
        raise SpecificationError(
            f"instrument `{error.column}` {error.reason}: leave it out"
        ) from None
    return z


def _fit(
    variables: Variables, mean: float, vce: Vce, clusters: np.ndarray, constant: np.ndarray
) -> Any:
    """The fit of linearmodels: constant, exogenous and endogenous regressors, plain sandwich.

    `constant` (n,) is the root of the weights, which all variables are times.
    """
    from linearmodels.iv import IV2SLS  # takes a second, and only these models need it

    exogenous = pd.DataFrame(variables.exogenous).add_prefix("w")
    exogenous.insert(0, "const", constant)
    options = {"clusters": clusters} if vce.type == "cluster" else {}
    return IV2SLS(
        variables.outcome + mean * constant,
        exogenous,
        pd.DataFrame(variables.endogenous).add_prefix("x"),
        pd.DataFrame(variables.instruments).add_prefix("z"),
    ).fit(cov_type=LINEARMODELS_COVARIANCE[vce.type], debiased=False, **options)


def _strength(
    variables: Variables,
    reduced: ReducedForm,
    fitted: Any,
    errors: Errors,
    endogenous: Sequence[str],
) -> tuple[list[Mapping[str, Any]], dict[str, float], list[str]]:
    """First-stage F of each endogenous regressor, and the rank tests of all of them."""
    tests: list[Mapping[str, Any]] = []
    statistics: dict[str, float] = {}
    warnings: list[str] = []
    repaired = []
    for j, name in enumerate(endogenous):
        params, covariance = reduced.first_stage(j)
        covariance, is_repaired = positive(covariance)
        if is_repaired:
            repaired.append(
                f"the two-way clustered covariance of the first stage of `{name}` had negative "
                "eigenvalues, set to 0"
            )
        test = wald(params, covariance, reduced.df)
        tests.append({"test": "first_stage", "term": name, **test})
        statistics |= wald_statistics(f"first_stage[{name}]", test)
    for name in endogenous:
        if f"first_stage[{name}]_p" not in statistics:
            warnings.append(f"the first-stage test of `{name}` does not exist: its covariance is 0")
    if warnings:
        return tests, statistics, warnings
    found, said = _rank_tests(variables, fitted, errors)
    return tests, statistics | found, [*repaired, *said]


def _rank_tests(
    variables: Variables, fitted: Any, errors: Errors
) -> tuple[dict[str, float], list[str]]:
    """Kleibergen and Paap (2006), by linearmodels."""
    stage = fitted.first_stage
    with catch_warnings(record=True) as caught:
        simplefilter("always")
        rank, f = stage.kleibergen_paap, float(stage.kleibergen_paap_f)
    if caught or not np.isfinite(f):
        return {}, [
            "the Kleibergen-Paap statistic does not exist here (two-way clusters, or too few "
            "clusters for the instruments)"
        ]
    # linearmodels counts the constant, and not the effects that were partialled out before
    n, size, k = len(variables.outcome), variables.instruments.shape[1], errors.k_counted
    f *= (n - k) / (n - size - variables.exogenous.shape[1] - 1)
    statistics = {
        "kleibergen_paap_lm": float(rank.stat),
        "kleibergen_paap_df": float(rank.df),
        "kleibergen_paap_p": float(rank.pval),
        "kleibergen_paap_f": f,
    }
    if f >= WEAK:
        return statistics, []
    return statistics, [
        f"the instruments are weak (Kleibergen-Paap F {f:.2f}, below {WEAK}): read the "
        "Anderson-Rubin set instead of the interval"
    ]


def _anderson_rubin(
    reduced: ReducedForm, scale: np.ndarray, endogenous: Sequence[str]
) -> tuple[list[Mapping[str, Any]], dict[str, float], list[str]]:
    """The test that all endogenous slopes are 0 and, for a single one, the confidence set."""
    test: dict[str, Any] = {
        "test": "anderson_rubin",
        "terms": list(endogenous),
        **wald(*reduced.at(np.zeros(len(scale))), reduced.df),
    }
    statistics, warnings = wald_statistics("anderson_rubin", test), []
    if test["statistic"] is None:
        warnings.append("the Anderson-Rubin test does not exist: its covariance is 0")
    elif test["df_num"] < len(reduced.outcome):
        warnings.append(
            f"the Anderson-Rubin test is of {test['df_num']} of {len(reduced.outcome)} instruments "
            "and has no confidence set, as with fewer clusters than instruments"
        )
    elif len(scale) == 1:
        kept = [(low / scale[0], high / scale[0]) for low, high in anderson_rubin_set(reduced)]
        test["set"] = [[float(b) if np.isfinite(b) else None for b in ends] for ends in kept]
        if len(kept) == 1 and np.isfinite(kept[0]).all():
            low, high = kept[0]
            statistics |= {
                "anderson_rubin_ci_low": float(low),
                "anderson_rubin_ci_high": float(high),
            }
        else:
            warnings.append(f"the Anderson-Rubin 95 % set is {_set_text(test['set'])}")
    return [test], statistics, warnings


def _set_text(intervals: Sequence[Sequence[float | None]]) -> str:
    """The set in words, where it is no plain interval."""
    shown = [
        f"{'-∞' if low is None else f'{low:.4g}'} to {'∞' if high is None else f'{high:.4g}'}"
        for low, high in intervals
    ]
    return " and ".join(shown) or "empty: the model is rejected at every value of the slope"


def _inside(low: float, high: float) -> float:
    """A point between two bounds, of which one or both may be infinite."""
    if np.isinf(low) and np.isinf(high):
        return 0.0
    if np.isinf(low):
        return high - max(1.0, abs(high))
    if np.isinf(high):
        return low + max(1.0, abs(low))
    return (low + high) / 2
