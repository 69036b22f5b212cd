"""Covariance of estimates: the plain sandwich, and what programs multiply it with.

The factor and the reference distribution are where programs differ; each convention is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.errors import SpecificationError
from analytics.estimators.within import Groups, Within, count_groups, is_nested
from analytics.rows import crossed
from analytics.sections import Vce

# An error that is this small a share of the one that all of the outcome's variation would give is
# what rounding has left of one that does not exist
VANISHING = 1e-8


@dataclass(frozen=True)
class Errors:
    """What a model's errors rest on, prepared once for the n rows and their effects."""

    vce: Vce
    clusters: np.ndarray  # (n, 0 to 2) integer codes
    time: np.ndarray  # (n,)
    groups: int | None  # the clusters (with two variables the fewer), or the periods
    lags: int  # of Driscoll and Kraay errors
    k_all: int  # coefficients with the constant and all effects
    k_counted: int  # those that the convention counts

    @property
    def factor(self) -> float:
        """What the plain sandwich is multiplied with.

        Clustered: G / (G - 1) * (N - 1) / (N - K). `stata` (xtreg, reghdfe) leaves effects that
        are nested in the clusters out of K and `lsdv` (areg) counts them all; `linearmodels` is
        N / (N - K) and leaves a single nested effect out. Driscoll and Kraay: the same with
        periods for clusters, where `stata` (xtscc) leaves entity effects out.
        """
        n, vce = len(self.time), self.vce
        if vce.type == "hc0" or (vce.small_sample == "none" and vce.type != "hc1"):
            return 1.0
        if self.groups is None or vce.small_sample == "linearmodels":
            return n / (n - self.k_counted)
        return self.groups / (self.groups - 1) * (n - 1) / (n - self.k_counted)

    @property
    def df(self) -> int | None:
        """Degrees of freedom of the t distribution; None is the normal distribution."""
        if self.vce.small_sample == "none":
            return None
        if self.groups is None or self.vce.small_sample == "linearmodels":
            return len(self.time) - self.k_all
        return self.groups - 1

    @property
    def periods_without_rows(self) -> int:
        """How many periods the lags of Driscoll and Kraay errors pass over.

        Observed periods follow each other, as in linearmodels, fixest and plm; the shortest step
        between two of them is what a period is.
        """
        if self.vce.type != "driscoll_kraay":
            return 0
        steps = np.diff(np.unique(self.time))
        return int((steps // steps.min() - 1).sum()) if len(steps) else 0

    def meat(self, scores: np.ndarray) -> np.ndarray:
        """The sum (k, k) of products of scores (n, k) over rows, clusters or lagged periods."""
        if self.vce.type in ("hc0", "hc1"):
            return scores.T @ scores
        if self.vce.type == "driscoll_kraay":
            return self._driscoll_kraay(scores)
        sums = [groups.sums(scores) for groups in self._groupings]
        products = [s.T @ s for s in sums]
        if len(products) == 3:  # Cameron, Gelbach and Miller (2011)
            return products[0] + products[1] - products[2]
        return products[0]

    def covariance(
        self, bread: np.ndarray, design: np.ndarray, residuals: np.ndarray, spread: float
    ) -> np.ndarray:
        """Covariance (k, k) of the coefficients of design (n, k), with its inverse Gram matrix.

        `spread` is the mean square of the outcome net of its effects. A variance that does not
        exist, for the fit is exact or the scores add up to nothing in every cluster or period
        (whatever the data are), is 0.
        """
        if self.vce.type == "classical":
            found = self.factor * float(residuals @ residuals) / len(residuals) * bread
        else:
            # Times `bread` first: around the sum it would square what collinearity costs in digits
            found = self.factor * self.meat(design * residuals[:, None] @ bread)
        return without_vanishing(found, spread * np.diag(bread))

    def variances(self, x: np.ndarray, residuals: np.ndarray) -> np.ndarray:
        """Variance (m,) of m regressions on a single regressor each, times its square's square.

        Column j of `x` (n, m) is the regressor, and of `residuals` (n, m) what it leaves. Not for
        two-way clusters, whose variance depends on those of the other regressors (`positive`).
        """
        if self.vce.type == "classical":
            return self.factor * (residuals**2).mean(axis=0) * (x**2).sum(axis=0)
        scores = x * residuals
        if self.vce.type in ("hc0", "hc1"):
            return self.factor * (scores**2).sum(axis=0)
        [groups] = self._groupings
        return self.factor * (groups.sums(scores) ** 2).sum(axis=0)

    @cached_property
    def _groupings(self) -> list[Groups]:
        """The clusters of each variable and of both together; periods for Driscoll and Kraay."""
        if self.vce.type == "driscoll_kraay":
            return [Groups.of(self.time)]
        both = []
        if self.clusters.shape[1] == 2:
            both = [crossed(*self.clusters.T)]
        return [Groups.of(codes) for codes in [*self.clusters.T, *both]]

    def _driscoll_kraay(self, scores: np.ndarray) -> np.ndarray:
        [groups] = self._groupings
        sums = groups.sums(scores)
        total = sums.T @ sums
        for lag in range(1, self.lags + 1):
            product = sums[lag:].T @ sums[:-lag]
            total = total + (1 - lag / (self.lags + 1)) * (product + product.T)
        return total


def check_rows(n: int, k: int) -> None:
    """Raise SpecificationError unless n rows are more than k coefficients."""
    if n <= k:
        raise SpecificationError(f"{n} rows are too few for {k} coefficients")


def prepare_errors(
    vce: Vce,
    slopes: int,
    entity: np.ndarray,
    time: np.ndarray,
    clusters: np.ndarray,
    within: Within,
) -> Errors:
    """Count clusters and coefficients for `slopes` regressors.

    Raises SpecificationError for fewer than two clusters or periods, more lags than periods, and
    more coefficients than rows.
    """
    k_all = slopes + within.rank
    check_rows(len(time), k_all)
    groups, lags, k_counted = None, 0, k_all
    if vce.type == "driscoll_kraay":
        groups = count_groups(time)
        if groups < 2:
            raise SpecificationError(
                "driscoll_kraay errors need two periods or more, and there is one"
            )
        # Newey and West (1994), the default of Stata's xtscc
        lags = int(4 * (groups / 100) ** (2 / 9)) if vce.bandwidth is None else vce.bandwidth
        if lags >= groups:
            raise SpecificationError(
                f"`vce.bandwidth` is {lags}; with {groups} periods it is {groups - 1} at most"
            )
    elif vce.is_clustered:
        groups = min(count_groups(column) for column in clusters.T)
        if groups < 2:
            raise SpecificationError("clustered errors need two clusters or more, and there is one")
    if groups is not None:
        own = {"entity": entity, "time": time}  # these rows may be a part of those of `within`
        codes = {name: own.get(name, codes) for name, codes in within.codes.items()}
        k_counted = slopes + _counted(vce, codes, clusters, within)
    return Errors(vce, clusters, time, groups, lags, k_all, k_counted)


def vce_text(vce: Vce, by: Sequence[str]) -> str:
    """The covariance in words, as in "cluster by province_code (stata)"."""
    grouped = f" by {' and '.join(by)}" if vce.is_clustered else ""
    lags = f" with {vce.bandwidth} lags" if vce.bandwidth is not None else ""
    return f"{vce.type}{grouped}{lags} ({vce.small_sample})"


def nested_effects(codes: Mapping[str, np.ndarray], clusters: np.ndarray) -> set[str]:
    """The effects whose groups each lie within one cluster (of any of the cluster variables)."""
    return {
        effect
        for effect, groups in codes.items()
        for cluster in clusters.T
        if is_nested(groups, cluster)
    }


def without_vanishing(covariance: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The covariance (k, k), with 0 for what belongs to a variance that is only rounding.

    `scale` (k,) are variances that the coefficients would have if nothing were explained.
    """
    exists = np.abs(np.diag(covariance)) > VANISHING**2 * scale
    return np.where(np.outer(exists, exists), covariance, 0.0)


def positive(covariance: np.ndarray) -> tuple[np.ndarray, bool]:
    """The covariance, with negative eigenvalues set to 0, and whether there were any.

    Two-way clustering subtracts, and in small samples can leave a matrix that is no covariance
    (Cameron, Gelbach and Miller 2011, section 2.3).
    """
    values, vectors = np.linalg.eigh(covariance)
    if values[0] >= -1e-10 * abs(values[-1]):  # rounding, where there are fewer clusters than terms
        return covariance, False
    return (vectors * np.maximum(values, 0)) @ vectors.T, True


def wald_distance(params: np.ndarray, covariance: np.ndarray) -> tuple[float, int]:
    """params' covariance^-1 params of params (q,), and its rank: chi-squared under the null.

    Directions without variance (more restrictions than clusters, a covariance that two-way
    clustering has made indefinite) are left out, and so is everything where there is none.
    """
    deviations = np.sqrt(np.maximum(np.diag(covariance), 0))
    varies = deviations > 0
    if not varies.any():
        return 0.0, 0
    scale = deviations[varies]  # or a slope per yuan would count as none beside one per share
    correlation = covariance[np.ix_(varies, varies)] / np.outer(scale, scale)
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    kept = values > 1e-10 * values[-1]
    distance = (params[varies] / scale) @ vectors[:, kept]
    return float((distance**2 / values[kept]).sum()), int(kept.sum())


def _counted(
    vce: Vce, codes: Mapping[str, np.ndarray], clusters: np.ndarray, within: Within
) -> int:
    """How many coefficients of the constant and the effects the convention counts."""
    if vce.small_sample == "lsdv":
        return within.rank
    is_lagged = vce.type == "driscoll_kraay"
    nested = codes.keys() & ({"entity"} if is_lagged else nested_effects(codes, clusters))
    if vce.small_sample == "linearmodels":
        return 1 if not is_lagged and nested and len(codes) == 1 else within.rank
    return within.without(nested).rank if nested else within.rank
