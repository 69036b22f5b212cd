"""Taking entity and period effects out of variables, exactly on unbalanced panels too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.errors import SpecificationError
from analytics.sections import KEYS, Effects

if TYPE_CHECKING:  # slow to import, and a dynamic panel needs none
    from scipy.sparse import csc_array


@dataclass(frozen=True)
class Groups:
    """The groups of one effect: which of them each of n rows is in."""

    codes: np.ndarray  # (n,) from 0
    counts: np.ndarray  # (groups,)
    indicator: "csc_array"  # (groups, n)

    @classmethod
    def of(cls, codes: np.ndarray) -> "Groups":
        """The groups that any integer codes (n,) tell apart."""
        from scipy.sparse import csc_array

        codes, counts = dense_codes(codes)
        n = len(codes)
        entries = (np.ones(n), codes, np.arange(n + 1, dtype=np.int32))
        return cls(codes, counts, csc_array(entries, shape=(len(counts), n)))

    def sums(self, columns: np.ndarray) -> np.ndarray:
        """Sums (groups, k) of columns (n, k)."""
        return self.indicator @ columns

    def deviations(self, columns: np.ndarray) -> np.ndarray:
        """Columns (n, k) less the means of their groups."""
        means = (self.sums(columns) / self.counts[:, None])[self.codes]
        return np.subtract(columns, means, out=means)


class Within:
    """The within transformation of n rows, prepared once for any number of columns.

    Two-way effects are the projection off the dummies of both: entity means are taken out, and
    the rest is regressed on the period dummies, whose normal equations have as many unknowns as
    the smaller of the two has groups (Baltagi 2021, section 9.4).
    """

    def __init__(self, entity: np.ndarray, time: np.ndarray, effects: Effects) -> None:
        self.codes: dict[str, np.ndarray] = panel_codes(entity, time, effects)
        self.entity, self.time, self.effects = entity, time, str(effects)
        groups = sorted(
            map(Groups.of, self.codes.values()), key=lambda g: len(g.counts), reverse=True
        )
        self.rank = rank_of(groups)
        self._groups = groups
        if len(groups) == 2:
            larger, smaller = groups
            shape = len(larger.counts), len(smaller.counts)
            from scipy.sparse import coo_array

            crossed = coo_array((np.ones(len(entity)), (larger.codes, smaller.codes)), shape=shape)
            crossed = crossed.toarray() if np.prod(shape) <= 4 * len(entity) else crossed.tocsr()
            explained = crossed.T @ (crossed / larger.counts[:, None])
            gram = np.diag(smaller.counts.astype(float)) - _dense(explained)
            self._inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)

    def weighted(self, columns: np.ndarray) -> np.ndarray:
        """Columns (n, k), or (n,), times the root of the weights: rows count alike here."""
        return columns

    def mean(self, columns: np.ndarray) -> np.ndarray:
        """The mean of columns (n, k), or (n,)."""
        return np.asarray(columns.mean(axis=0))

    def without(self, gone: Collection[str]) -> "Within":
        """The transformation without these effects, which are `codes` names."""
        kept = tuple(name for name in self.codes if name not in gone)
        effects = next(effects for effects, keys in KEYS.items() if keys == kept)
        return Within(self.entity, self.time, effects)

    def dummies(self, names: Collection[str]) -> np.ndarray:
        """Dummies (n, groups) of these effects."""
        columns = [Groups.of(self.codes[name]).indicator.T.toarray() for name in names]
        return np.hstack([np.empty((len(self.entity), 0)), *columns])

    def residuals(self, columns: np.ndarray) -> np.ndarray:
        """What the effects leave of columns (n, k), or (n,)."""
        if columns.ndim == 1:
            return self.residuals(columns[:, None])[:, 0]
        if not self._groups:
            return columns
        rest = self._groups[0].deviations(columns)
        if len(self._groups) == 2:
            larger, smaller = self._groups
            effects = self._inverse @ smaller.sums(rest)
            rest -= larger.deviations(effects[smaller.codes])
        return rest


def panel_codes(entity: np.ndarray, time: np.ndarray, effects: Effects) -> dict[str, np.ndarray]:
    """The codes (n,) of entities and periods, of those that have effects."""
    codes = {"entity": entity, "time": time}
    return {name: codes[name] for name in KEYS[effects]}


def is_nested(inner: np.ndarray, outer: np.ndarray) -> bool:
    """Whether each group of the one (n,) lies within one group of the other."""
    groups, counts = dense_codes(inner)
    of_group = np.empty(len(counts), dtype=outer.dtype)
    of_group[groups] = outer
    return bool((of_group[groups] == outer).all())


def without_singletons(codes: Mapping[str, np.ndarray], n: int, effects: str) -> np.ndarray:
    """Which of n rows stay once groups with a single row are dropped; `effects` in words.

    An effect fits its only row exactly, so the row says nothing about the slopes and would only
    flatter the errors; dropping it can leave another group with one row (Correia 2015).
    """
    keep = np.ones(n, dtype=bool)
    while codes:
        before = keep.sum()
        for group in codes.values():
            places, counts = dense_codes(group[keep])
            keep[keep] = counts[places] > 1
        if keep.sum() == before:
            break
    if not keep.any():
        raise SpecificationError(
            f"no row is left: with {effects} effects every group needs two rows or more"
        )
    return keep


def orthonormal(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An orthonormal basis (n, rank) of columns (n, m), and the matrix (m, rank) that gives it."""
    lengths = np.linalg.norm(columns, axis=0)
    lengths = np.where(lengths > 0, lengths, 1)
    left, values, right = np.linalg.svd(columns / lengths, full_matrices=False)
    is_used = values > 1e-10 * values.max(initial=0)
    return left[:, is_used], (right[is_used] / values[is_used, None]).T / lengths[:, None]


def dense_codes(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same codes (n,) numbered without a gap, in their order, and how often each occurs."""
    if len(codes) == 0 or np.ptp(codes) > 4 * len(codes):  # far apart they are sorted, not counted
        _, codes, counts = np.unique(codes, return_inverse=True, return_counts=True)
        return codes, counts
    codes = codes - codes.min()
    counts = np.bincount(codes)
    place = np.cumsum(counts > 0) - 1
    return place[codes], counts[counts > 0]


def count_groups(codes: np.ndarray) -> int:
    """How many different codes there are."""
    return len(dense_codes(codes)[1])


def rank_of(groups: Sequence[Groups]) -> int:
    """How many coefficients the constant and the effects take together.

    Two-way effects take one less for each part of the panel that shares no entity and no period
    with the rest (Abowd, Creecy and Kramarz 2002).
    """
    if not groups:
        return 1
    if len(groups) == 1:
        return len(groups[0].counts)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = groups
    size = len(first.counts) + len(second.counts)
    places = first.codes, len(first.counts) + second.codes
    links = coo_array((np.ones(len(first.codes)), places), shape=(size, size))
    return size - connected_components(links, directed=False)[0]


def _dense(matrix: object) -> np.ndarray:
    return matrix.toarray() if hasattr(matrix, "toarray") else np.asarray(matrix)
