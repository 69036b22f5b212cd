"""The wild cluster bootstrap (Cameron, Gelbach and Miller 2008), null imposed.

The t statistic of a replication needs no regression: with the null imposed, both its numerator and
the scores of each cluster are linear in the weights of the clusters, and linear in the value that
the null gives to the coefficient (Roodman, Nielsen, MacKinnon and Webb 2019, section 5). So all
replications are a few products of small matrices, and confidence intervals come from inverting
the test.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.estimators.covariance import nested_effects
from analytics.estimators.within import Groups, Within, orthonormal
from analytics.sections import Vce

LEVEL = 0.05
STEPS = 60  # halvings of an interval: to the last digit
DOUBLINGS = 12
WEBB = np.sqrt([0.5, 1.0, 1.5])


@dataclass(frozen=True)
class BootstrapTest:
    """Of one coefficient: two-sided p value of 0, and the 95 % interval of all not rejected."""

    p_value: float
    ci_low: float | None  # None where nothing on this side is rejected
    ci_high: float | None


def wild_cluster_bootstrap(
    outcome: np.ndarray,
    regressors: np.ndarray,
    within: Within,
    clusters: np.ndarray,
    vce: Vce,
) -> tuple[list[BootstrapTest], int]:
    """Test each column of `regressors` (n, k), and say how many replications there were.

    `clusters` (n,) are integer codes; k counts a constant where there is one. With Rademacher
    weights and so few clusters that there are no more sign patterns than replications asked for,
    every pattern is taken once.
    """
    nested = nested_effects(within.codes, clusters[:, None])
    rest = [name for name in within.codes if name not in nested]
    inner = within.without(rest)
    others = within.dummies(rest)
    y = inner.residuals(outcome)
    x = inner.residuals(regressors)
    nuisance = inner.residuals(others)
    groups = Groups.of(clusters)
    weights = draw_weights(len(groups.counts), vce)
    tests = [
        _test(y, x[:, j], np.column_stack([np.delete(x, j, axis=1), nuisance]), groups, weights)
        for j in range(x.shape[1])
    ]
    return tests, len(weights)


def draw_weights(groups: int, vce: Vce) -> np.ndarray:
    """Weights (replications, groups) with mean 0 and variance 1."""
    if vce.weights == "rademacher" and 2**groups <= vce.replications:
        patterns = np.arange(2**groups)[:, None] >> np.arange(groups)
        return 1.0 - 2.0 * (patterns & 1)
    random = np.random.default_rng(vce.seed)
    shape = (vce.replications, groups)
    signs = 1.0 - 2.0 * random.integers(0, 2, size=shape)
    if vce.weights == "rademacher":
        return signs
    return signs * random.choice(WEBB, size=shape)  # Webb (2014), six points


def _test(
    y: np.ndarray, x: np.ndarray, others: np.ndarray, groups: Groups, weights: np.ndarray
) -> BootstrapTest:
    basis, _ = orthonormal(others)
    y, x = (v - basis @ (basis.T @ v) for v in (y, x))
    estimate = float(x @ y / (x @ x))
    basis = np.column_stack([basis, x / np.linalg.norm(x)])
    # What a cluster with weight 1 adds: to the numerator, and to the coefficients on the basis
    numerators = groups.sums(np.column_stack([x * y, x * x]))
    loadings = groups.sums(x[:, None] * basis)  # (groups, basis)
    parts = []
    for v, numerator in zip((y, x), numerators.T, strict=True):
        fitted = weights @ groups.sums(basis * v[:, None])
        parts.append((weights @ numerator, weights * numerator - fitted @ loadings.T))
    (top_y, score_y), (top_x, score_x) = parts
    yy, xy, xx = (
        (a * b).sum(axis=1) for a, b in ((score_y, score_y), (score_x, score_y), (score_x, score_x))
    )
    spread = np.sqrt((groups.sums((x * (y - estimate * x))[:, None]) ** 2).sum())

    def p_value(null: float) -> float:
        numerator = abs(estimate - null) * (x @ x)
        below = np.sqrt(np.maximum(yy - 2 * null * xy + null**2 * xx, 0))
        # Not divided, since the data, or a pattern of weights, can leave no spread at all
        drawn = np.abs(top_y - null * top_x) * spread
        return float(np.mean(drawn >= (1 - 1e-10) * numerator * below))

    width = 2 * spread / (x @ x)
    return BootstrapTest(
        p_value(0.0), _bound(p_value, estimate, -width), _bound(p_value, estimate, width)
    )


def _bound(p_value: Callable[[float], float], estimate: float, width: float) -> float | None:
    """Where the test turns from not rejecting to rejecting, on one side of the estimate."""
    outer = width
    for _ in range(DOUBLINGS):
        if p_value(estimate + outer) <= LEVEL:
            break
        outer *= 2
    else:
        return None
    inner = 0.0
    for _ in range(STEPS):
        middle = (inner + outer) / 2
        if p_value(estimate + middle) <= LEVEL:
            outer = middle
        else:
            inner = middle
    return float(estimate + outer)
