"""GMM for the stacked equations of dynamic panels, by the conventions of xtabond2 (Roodman 2009).

Z'HZ is a product of the instruments' entries. All that the two steps, the corrected errors and
the tests need beyond it is Z_i'y_i and Z_i'X_i of each entity.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.special import chdtrc

from analytics.errors import SpecificationError
from analytics.estimators.covariance import VANISHING, check_rows, without_vanishing
from analytics.estimators.dynamic_equations import Equations, Instruments
from analytics.estimators.inference import p_value

# Share of a moment's variance that the others must leave; of collinear ones, rounding is left
SINGULAR = 1e-11
HANSEN_NEAR_ONE = 0.95
AR_ORDERS = (1, 2)


@dataclass(frozen=True)
class Fit:
    """GMM estimates of the k coefficients of the equations."""

    params: np.ndarray  # (k,)
    covariance: np.ndarray  # (k, k), robust (one step) or corrected (two steps)
    df: int | None  # of the t distribution; None is the normal distribution
    statistics: dict[str, float]
    warnings: tuple[str, ...]


def fit_gmm(
    equations: Equations,
    instruments: Instruments,
    initial_weight: int = 3,
    is_two_step: bool = True,
    small: bool = False,
) -> Fit:
    """GMM in one or two steps, with the tests that xtabond2 reports.

    Step one weights with the covariance that errors without heteroskedasticity, serial
    correlation and entity effects would have (`initial_weight` 3), with the same without its
    part between the two equations (2), or with the identity (1). Its errors are robust, those of
    step two corrected (Windmeijer 2005). Hansen's J is always that of step two, Sargan's that of
    step one. Raises SpecificationError where the instruments do not identify the coefficients.
    """

    k, n = len(equations.names), int(equations.observed.sum())
    n_groups = int(equations.observed.any(axis=1).sum())
    check_rows(n, k)
    if n_groups == 1:
        raise SpecificationError("the errors are those of entities, and there is one")
    # In units of their own, so that none of them can cost the others digits
    scale = np.sqrt((equations.data**2).sum(axis=(1, 2)) / equations.used.sum())
    scale[0] = scale[0] or 1.0
    data = equations.data / scale[:, None, None]
    products = _entity_products(data, instruments)
    totals = products.sum(axis=1)

    assumed = _assumed_moments(_covariance_of_errors(equations, initial_weight), instruments)
    weight, rank = _inverse(assumed)
    if rank < k:
        raise SpecificationError(
            f"{k} coefficients need as many instruments or more, and there are {rank}"
        )
    one = _step(totals, weight)
    if one.rank < k:
        raise SpecificationError(
            "the instruments do not tell the coefficients apart: "
            "they say nothing about some combination of the regressors"
        )
    scores = _scores(products, one)
    found = scores.T @ scores
    robust_weight, robust_rank = _inverse(found)
    two = _step(totals, robust_weight)
    if two.rank < k and is_two_step:
        raise SpecificationError(
            f"{n_groups} entities are too few for {k} coefficients in two steps; take one"
        )

    variance = _variance_of_errors(equations, data, one, initial_weight)
    step, covariance = one, one.projection @ found @ one.projection.T
    if is_two_step:
        step, covariance = two, _windmeijer(products, scores, two, covariance)
    # What the errors would be if nothing were explained
    unexplained = ((products[0] @ step.projection.T) ** 2).sum(axis=0)
    covariance = without_vanishing(covariance, unexplained)
    statistics = {
        "n_instruments": float(rank),
        "nobs_transformed": float(equations.used[:, : equations.periods].sum()),
        **_chi2("sargan", "", one.distance / variance, rank - k),
        **_serial_correlation(equations, scale, _scores(products, step), step, covariance),
    }
    if two.rank == k:
        statistics |= _chi2("hansen", "_j", two.distance, rank - k)
        statistics |= _difference_in_hansen(totals, assumed, found, instruments, two.distance, rank)
    factor = (n - 1) / (n - k) * n_groups / (n_groups - 1) if small else 1.0
    units = scale[0] / scale[1:]
    return Fit(
        params=step.params * units,
        covariance=factor * covariance * np.outer(units, units),
        df=n_groups - equations.is_system if small else None,
        statistics=statistics,
        warnings=_warnings(statistics, len(assumed), robust_rank, n_groups),
    )


def _covariance_of_errors(equations: Equations, initial_weight: int) -> np.ndarray:
    """H (R, R) of xtabond2: that of the stacked rows when errors in levels have that of I."""
    n_rows, periods = equations.used.shape[1], equations.periods
    if initial_weight == 1:
        return np.eye(n_rows)
    rows = np.concatenate([equations.transform, np.eye(periods)])[:n_rows]
    covariance = rows @ rows.T
    if initial_weight == 2:
        covariance[:periods, periods:] = covariance[periods:, :periods] = 0
    return covariance


def _assumed_moments(covariance: np.ndarray, instruments: Instruments) -> np.ndarray:
    """The sum of Z_i'H Z_i (j, j)."""
    values, row, start = instruments.values, instruments.row, instruments.start
    products = (values.T @ values) * covariance[row[:, None], row]
    return np.add.reduceat(np.add.reduceat(products, start, axis=0), start, axis=1)


def _entity_products(data: np.ndarray, instruments: Instruments) -> np.ndarray:
    """Z_i'y_i and Z_i'X_i (1 + k, N, j)."""
    return np.stack(
        [
            np.add.reduceat(instruments.values * of[:, instruments.row], instruments.start, axis=1)
            for of in data
        ]
    )


@dataclass(frozen=True)
class _Step:
    params: np.ndarray  # (k,)
    bread: np.ndarray  # (k, k), (X'Z A Z'X)^-1
    projection: np.ndarray  # (k, j), bread X'Z A
    weighted: np.ndarray  # (j,), A Z'e
    distance: float  # e'Z A Z'e
    rank: int  # of X'Z A Z'X


def _step(totals: np.ndarray, weight: np.ndarray) -> _Step:
    """GMM estimates for moments Z'y and Z'X (1 + k, j) and a weight A (j, j)."""
    zy, zx = totals[0], totals[1:]
    bread, rank = _inverse(zx @ weight @ zx.T)
    projection = bread @ zx @ weight
    params = projection @ zy
    moments = zy - params @ zx
    weighted = weight @ moments
    return _Step(params, bread, projection, weighted, float(moments @ weighted), rank)


def _scores(products: np.ndarray, step: _Step) -> np.ndarray:
    """Z_i'e_i (N, j) of each entity."""
    return products[0] - np.tensordot(step.params, products[1:], 1)


def _windmeijer(
    products: np.ndarray, scores: np.ndarray, two: _Step, robust: np.ndarray
) -> np.ndarray:
    """Covariance of two-step estimates that knows that the weight is estimated, too.

    `scores` and `robust` are the moments and covariance of step one (Windmeijer 2005, eq. 3.3).
    """
    zx = products[1:]
    own = np.tensordot(scores @ two.weighted, zx, (0, 1))  # (k, j)
    cross = (zx @ two.weighted) @ scores  # (k, j)
    change = two.projection @ (own + cross).T
    correction = change @ two.bread
    return two.bread + correction + correction.T + change @ robust @ change.T


def _inverse(matrix: np.ndarray) -> tuple[np.ndarray, int]:
    """The inverse of a covariance and its rank; where singular, a generalised inverse.

    Which one must not depend on units: it is the one of Moore and Penrose of the correlations.
    """
    size = np.sqrt(np.diag(matrix))
    size = np.where(size > 0, size, 1.0)
    size = np.outer(size, size)
    factor, fault = dpotrf(matrix / size, lower=True)
    if fault == 0 and len(matrix) > 0 and (factor.diagonal() ** 2).min() > SINGULAR:
        lower, _ = dpotri(factor, lower=True)  # above the diagonal it is 0, as the factor is
        lower.flat[:: len(lower) + 1] /= 2
        return (lower + lower.T) / size, len(matrix)
    values, vectors = np.linalg.eigh(matrix / size)
    kept = values > SINGULAR
    vectors = vectors[:, kept]
    return (vectors / values[kept]) @ vectors.T / size, int(kept.sum())


def _variance_of_errors(
    equations: Equations, data: np.ndarray, one: _Step, initial_weight: int
) -> float:
    """Of the errors in levels, from the residuals of step one."""
    periods = equations.periods
    of_levels = equations.is_system and initial_weight == 1
    rows = slice(periods, None) if of_levels else slice(periods)
    residuals = data[0, :, rows] - np.tensordot(one.params, data[1:, :, rows], 1)
    # A difference has the variance of two errors, a deviation that of one
    errors = 1.0 if initial_weight == 1 else equations.transform[-1] @ equations.transform[-1]
    variance = float((residuals**2).sum() / equations.used[:, rows].sum() / errors)
    if variance < VANISHING**2:  # of an outcome in units of its own
        raise SpecificationError("the regressors explain the outcome without an error")
    return variance


def _chi2(name: str, suffix: str, value: float, df: int) -> dict[str, float]:
    """A statistic, its degrees of freedom and, where there are any, its p value."""
    found = {f"{name}{suffix}": float(value), f"{name}_df": float(df)}
    return found | ({f"{name}_p": float(chdtrc(df, max(value, 0.0)))} if df > 0 else {})


def _difference_in_hansen(
    totals: np.ndarray,
    assumed: np.ndarray,
    found: np.ndarray,
    instruments: Instruments,
    hansen: float,
    rank: int,
) -> dict[str, float]:
    """By how much J falls without the GMM-style instruments of the level equation.

    The others keep their weights, so that J cannot rise (Roodman 2009, section 3.6).
    """
    others = np.flatnonzero(~instruments.is_gmm_level)
    both = np.ix_(others, others)
    rank_of_others = len(others) if rank == len(assumed) else _inverse(assumed[both])[1]
    if not len(totals) - 1 <= rank_of_others < rank:
        return {}
    without = _step(totals[:, others], _inverse(found[both])[0])
    if without.rank < len(totals) - 1:
        return {}
    return _chi2("diff_hansen", "_j", hansen - without.distance, rank - rank_of_others)


def _serial_correlation(
    equations: Equations,
    scale: np.ndarray,
    scores: np.ndarray,
    step: _Step,
    covariance: np.ndarray,
) -> dict[str, float]:
    """Arellano and Bond's (1991) tests for orders 1 and 2, of residuals in differences."""
    data = equations.differences / scale[:, None, None]
    residuals = data[0] - np.tensordot(step.params, data[1:], 1)
    found: dict[str, float] = {}
    for order in AR_ORDERS:
        lagged = np.zeros_like(residuals)
        lagged[:, order:] = residuals[:, :-order]
        products = (residuals * lagged).sum(axis=1)
        slope = np.tensordot(data[1:], lagged, 2)
        of_estimates = covariance @ slope - 2 * step.projection @ (products @ scores)
        variance = products @ products + slope @ of_estimates
        if variance > 0:
            z = products.sum() / np.sqrt(variance)
            found |= {f"ar{order}_z": float(z), f"ar{order}_p": p_value(float(z), None)}
    return found


def _warnings(
    statistics: dict[str, float], n_given: int, robust_rank: int, n_groups: int
) -> tuple[str, ...]:
    rank, found = int(statistics["n_instruments"]), []
    if rank < n_given:
        found.append(
            f"{n_given - rank} of {n_given} instruments are collinear with others and not counted"
        )
    if robust_rank < rank:
        found.append(
            f"the covariance of the {rank} moments has rank {robust_rank}: step two and Hansen's J "
            "rest on a generalised inverse"
        )
    if rank > n_groups:
        found.append(
            f"{rank} instruments are more than the {n_groups} entities: the estimates lean towards "
            "those without instruments, and Hansen's J is weak: take fewer lags or collapse them"
        )
    if "hansen_j" not in statistics:
        found.append(f"{n_groups} entities are too few for Hansen's J")
    if statistics.get("hansen_p", 0.0) >= HANSEN_NEAR_ONE:
        found.append(
            f"Hansen's p is {statistics['hansen_p']:.3f}: so near to 1, it is a sign of too many "
            "instruments, not of valid ones"
        )
    found += [
        f"AR({order}) is not tested: too few differences have another {order} periods before"
        for order in AR_ORDERS
        if f"ar{order}_z" not in statistics
    ]
    return tuple(found)
