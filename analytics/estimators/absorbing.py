"""Taking out any number of sets of effects, and a trend for each entity, of weighted rows."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack
from scipy.sparse.linalg import LinearOperator, cg

from analytics.errors import SpecificationError
from analytics.estimators.within import Groups, Within, rank_of

DIRECT = 1500  # coefficients that are solved for at once; more of them by conjugate gradients
TOLERANCE = 1e-12
STEPS = 10_000
NULL = 1e-10  # an eigenvalue of the products of unit columns that is 0 but for rounding
STILL = 1e-8  # a deviation from the mean time that is 0 but for rounding


class Absorbing(Within):
    """The projection off several sets of dummies, of rows that count by their weights.

    Residuals are times the root of the weights, whose mean is 1: products of them are weighted.
    The largest set (with trends, that of the entities) is taken out by means and slopes of its
    groups, and the rest is regressed on the dummies of the other sets. Beyond `DIRECT` of them
    their normal equations are solved by conjugate gradients (Gaure 2013), and the redundant ones
    are counted pair by pair of sets, as reghdfe does (Correia 2017).
    """

    def __init__(
        self,
        codes: Mapping[str, np.ndarray],
        time: np.ndarray,
        effects: str,
        trends: bool = False,
        weights: np.ndarray | None = None,
    ) -> None:
        self.codes, self.time, self.effects = dict(codes), time, effects
        self.entity = codes.get("entity", np.zeros(len(time), dtype=np.int64))
        root = np.ones(len(time)) if weights is None else np.sqrt(weights / weights.mean())
        self._trends, self._weights = trends, weights
        groups = {name: Groups.of(code) for name, code in codes.items()}
        first = "entity" if trends else max(groups, key=lambda g: len(groups[g].counts), default="")
        self._root = root
        blocks = [_unit_columns(groups[first], root)] if first else []
        if trends:
            blocks.append(_unit_columns(groups[first], root * self._deviations(groups[first])))
        self._first = hstack(blocks, format="csr") if blocks else csr_array((len(time), 0))
        self.rank = max(1, int((self._first.power(2).sum(axis=0) > 0).sum()))
        others = [group for name, group in groups.items() if name != first]
        self._others = csc_array((len(time), 0))
        if others:
            self._prepare([groups[first], *others])

    def _prepare(self, groups: Sequence[Groups]) -> None:
        """The normal equations of all groups but the first, and how many coefficients they add."""
        others = [_unit_columns(group, self._root) for group in groups[1:]]
        self._others = csc_array(hstack(others, format="csc"))
        self._crossed = csr_array(self._first.T @ self._others)
        self._products = csr_array(self._others.T @ self._others)
        self._solution: np.ndarray | None = None
        if self._products.shape[0] > DIRECT:
            self.rank += sum(
                min(rank_of([one, group]) - len(one.counts) for one in groups[:place])
                for place, group in enumerate(groups[1:], start=1)
            )
            return
        gram = self._products.toarray() - (self._crossed.T @ self._crossed).toarray()
        values, vectors = np.linalg.eigh(gram)
        kept = values > NULL
        self._solution = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        self.rank += int(kept.sum())

    def weighted(self, columns: np.ndarray) -> np.ndarray:
        """Columns (n, k), or (n,), times the root of the weights."""
        return (columns.T * self._root).T

    def mean(self, columns: np.ndarray) -> np.ndarray:
        """The weighted mean of columns (n, k), or (n,)."""
        return np.asarray(self._root**2 @ columns / len(self._root))

    def without(self, gone: Collection[str]) -> "Absorbing":
        """The transformation without these effects; trends go with the entities."""
        kept = {name: codes for name, codes in self.codes.items() if name not in gone}
        trends = self._trends and "entity" in kept
        return Absorbing(kept, self.time, self.effects, trends, self._weights)

    def dummies(self, names: Collection[str]) -> np.ndarray:
        """Dummies (n, groups) of these effects, and the trends of the entities among them."""
        found = super().dummies(names)
        if not self._trends or "entity" not in names:
            return found
        trends = super().dummies(["entity"]) * self._deviations(Groups.of(self.entity))[:, None]
        return np.hstack([found, trends])

    def residuals(self, columns: np.ndarray) -> np.ndarray:
        """What the effects leave of columns (n, k), or (n,), times the root of the weights."""
        if columns.ndim == 1:
            return self.residuals(columns[:, None])[:, 0]
        rest = self._beside_first(self.weighted(columns))
        if self._others.shape[1] == 0:
            return rest
        effects = self._solved(self._others.T @ rest)
        return rest - self._beside_first(self._others @ effects)

    def _beside_first(self, columns: np.ndarray) -> np.ndarray:
        """What the groups that are taken out first leave of columns (n, k)."""
        return columns - self._first @ (self._first.T @ columns)

    def _solved(self, products: np.ndarray) -> np.ndarray:
        """The coefficients (groups, k) of the other groups, from their products (groups, k)."""
        if self._solution is not None:
            return self._solution @ products
        normal = LinearOperator(
            self._products.shape,
            matvec=lambda v: self._products @ v - self._crossed.T @ (self._crossed @ v),
        )
        found = [cg(normal, b, rtol=TOLERANCE, atol=TOLERANCE, maxiter=STEPS) for b in products.T]
        if any(info for _, info in found):
            raise SpecificationError(
                f"the {self.effects} effects can hardly be told from each other: leave one out"
            )
        return np.column_stack([solution for solution, _ in found])

    def _deviations(self, entities: Groups) -> np.ndarray:
        """Time (n,) less its mean over the rows of the same entity, as the rows count."""
        weights = self._root**2
        totals = np.bincount(entities.codes, weights)
        mean = np.bincount(entities.codes, weights * self.time) / totals
        deviations = self.time - mean[entities.codes]
        return np.where(np.abs(deviations) > STILL, deviations, 0.0)


def _unit_columns(groups: Groups, values: np.ndarray) -> csr_array:
    """Values (n,) in the columns (n, groups) of their groups, each column of length 1, or 0."""
    lengths = np.sqrt(np.bincount(groups.codes, values**2))[groups.codes]
    scaled = np.divide(values, lengths, out=np.zeros(len(values)), where=lengths > 0)
    starts = np.arange(len(values) + 1)
    return csr_array((scaled, groups.codes, starts), shape=(len(values), len(groups.counts)))
