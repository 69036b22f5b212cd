"""Are the entity effects unrelated to the regressors? Hausman (1978), and what errors allow."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from analytics.errors import SpecificationError
from analytics.estimators.covariance import VANISHING, prepare_errors, wald_distance
from analytics.estimators.within import Groups, Within
from analytics.sections import Effects, Vce


@dataclass(frozen=True)
class _RandomEffects:
    """Generalised least squares with entity effects as part of the error."""

    slopes: np.ndarray  # (k,) of the regressors
    covariance: np.ndarray  # (k, k)
    variance: float  # of the transformed residuals
    outcome: np.ndarray  # (n,) less theta times its entity mean
    design: np.ndarray  # (n, k + periods or 1), so transformed; the constant included


def hausman_tests(
    outcome: np.ndarray,
    regressors: np.ndarray,
    entity: np.ndarray,
    time: np.ndarray,
    effects: Effects,
    vce: Vce,
    clusters: np.ndarray,
) -> tuple[list[dict[str, Any]], list[str]]:
    """The tests of fixed against random entity effects, and warnings.

    `hausman` compares slopes under classical errors, fixed effects less random effects (Swamy and
    Arora 1972, unbalanced panels as Stata's xtreg), each with its own error variance;
    `hausman_sigmamore` bases both covariances on that of the random-effects residuals. Entities
    with a single row belong in the rows: they say something about random effects. Where the
    model's errors are not classical, `hausman_robust` is the regression form, which tests that
    the deviations from entity means add nothing to the random-effects regression (Wooldridge
    2010, section 10.7.3). Raises SpecificationError where no test exists.
    """
    k = regressors.shape[1]
    within = Within(entity, time, effects)
    x, y = within.residuals(regressors), within.residuals(outcome)
    gram = np.linalg.inv(x.T @ x)
    slopes = gram @ (x.T @ y)
    residuals = y - x @ slopes
    noise = float(residuals @ residuals) / (len(y) - k - within.rank)
    if noise <= VANISHING**2 * float(y @ y) / len(y):
        raise SpecificationError("the hausman test does not exist: the fit is exact")
    random = _random_effects(outcome, regressors, entity, time, effects, noise)

    difference = slopes - random.slopes
    plain = noise * gram - random.covariance
    tests = [
        _plain(difference, plain),
        _chi2(
            "hausman_sigmamore",
            *wald_distance(difference, random.variance * gram - random.covariance),
        ),
    ]
    warnings = []
    if np.linalg.eigvalsh(plain)[0] <= 0:
        warnings.append(
            "hausman: the two covariances differ by a matrix that is no covariance: read "
            "hausman_sigmamore, whose covariances share one error variance"
        )
    if vce.type != "classical":
        design = np.column_stack([x, random.design])
        bread = np.linalg.pinv(design.T @ design, hermitian=True)
        params = bread @ (design.T @ random.outcome)
        pooled = Within(entity, time, "none")
        errors = prepare_errors(vce, design.shape[1] - 1, entity, time, clusters, pooled)
        residuals = random.outcome - design @ params
        spread = float(np.var(random.outcome))
        covariance = errors.covariance(bread, design, residuals, spread)[:k, :k]
        tests.append(_chi2("hausman_robust", *wald_distance(params[:k], covariance)))
    return tests, warnings


def _random_effects(
    outcome: np.ndarray,
    regressors: np.ndarray,
    entity: np.ndarray,
    time: np.ndarray,
    effects: Effects,
    noise: float,
) -> _RandomEffects:
    """Random entity effects, given the variance `noise` of the fixed-effects residuals."""
    constant = np.ones((len(outcome), 1))
    if effects == "two_way":  # periods by dummies
        constant = Groups.of(time).indicator.T.toarray()
    design = np.column_stack([regressors, constant])
    groups = Groups.of(entity)
    means, mean = _means(groups, design), _means(groups, outcome[:, None])[:, 0]
    params, _, rank, _ = np.linalg.lstsq(means, mean, rcond=1e-10)
    if len(mean) <= rank:
        raise SpecificationError(
            f"the hausman test needs more entities than coefficients, and there are {len(mean)} "
            f"for {rank}"
        )
    between = float(((mean - means @ params) ** 2).sum()) / (len(mean) - rank)
    harmonic = len(mean) / (1 / groups.counts).sum()
    effect = max(0.0, between - noise / harmonic)
    theta = (1 - np.sqrt(noise / (groups.counts * effect + noise)))[groups.codes]
    design = design - theta[:, None] * means[groups.codes]
    y = outcome - theta * mean[groups.codes]
    bread = np.linalg.inv(design.T @ design)
    params = bread @ (design.T @ y)
    residuals = y - design @ params
    variance = float(residuals @ residuals) / (len(y) - design.shape[1])
    k = regressors.shape[1]
    return _RandomEffects(params[:k], variance * bread[:k, :k], variance, y, design)


def _means(groups: Groups, columns: np.ndarray) -> np.ndarray:
    return groups.sums(columns) / groups.counts[:, None]


def _plain(difference: np.ndarray, variance: np.ndarray) -> dict[str, Any]:
    """The quadratic form, whatever its signs; a negative one has no p value."""
    statistic = float(difference @ np.linalg.pinv(variance, hermitian=True) @ difference)
    df = len(difference)
    p_value = float(special.chdtrc(df, statistic)) if statistic >= 0 else None
    return {"test": "hausman", "statistic": statistic, "df": df, "p_value": p_value}


def _chi2(name: str, statistic: float, df: int) -> dict[str, Any]:
    if df == 0:
        raise SpecificationError(f"the {name} test does not exist: its covariance is 0")
    p_value = float(special.chdtrc(df, statistic))
    return {"test": name, "statistic": statistic, "df": df, "p_value": p_value}
