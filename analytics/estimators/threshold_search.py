"""The search for thresholds in a panel and the bootstrap of their tests (Hansen 1999).

Nothing is refitted. The regressors that do not switch are partialled out once; what a candidate
threshold adds is then known from its products with the outcome, with itself and with the other
candidates, and as the rows of a regime only grow with the threshold, all of these are cumulative
sums over the sorted threshold variable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from analytics.errors import SpecificationError
from analytics.estimators.within import Groups, orthonormal

LR_CRITICAL = float(-2 * np.log(1 - np.sqrt(0.95)))  # Hansen (1999), theorem 1; 7.352277
SINGULAR = 1e-10  # share of a regime's sum of squares that the other regressors must leave
EXACT = 1e-12  # share of the outcome's sum of squares that a model must leave unexplained
CHUNK = 1 << 17  # numbers in an array of the bootstrap, so that it stays in the cache
KEPT_PRODUCTS = 1 << 21  # how many products between candidates are computed once for all


@dataclass(frozen=True)
class Settings:
    """How thresholds are searched for and tested; `docs/estimators.md` explains each."""

    convention: Literal["hansen1999", "xthreg", "exhaustive"]
    trim: tuple[float, ...]  # of each stage
    grid: int
    min_regime_share: float
    replications: int
    seed: int

    @property
    def drops_last_period(self) -> bool:
        """Hansen's program does, once the entity means over all periods are taken out."""
        return self.convention == "hansen1999"

    @property
    def side(self) -> Literal["left", "right"]:
        """Regime 1 is q < gamma in Hansen's program and q <= gamma elsewhere."""
        return "right" if self.convention == "hansen1999" else "left"


@dataclass(frozen=True)
class Variables:
    """n rows in order of period and entity, so that a balanced panel is a matrix."""

    outcome: np.ndarray  # (n,)
    regime_dependent: np.ndarray  # (n, k)
    regressors: np.ndarray  # (n, p), period dummies included, without a constant
    threshold: np.ndarray  # (n,)
    entity: Groups
    kept: np.ndarray  # (n,) the rows that stay once the entity means are taken out
    is_balanced: bool

    def within(self, columns: np.ndarray) -> np.ndarray:
        """Columns (n, m) net of entity means, the rows that stay."""
        return self.entity.deviations(columns)[self.kept]


@dataclass(frozen=True)
class Curve:
    """The likelihood ratio of every candidate for one threshold, given the others."""

    estimate: float
    gamma: np.ndarray  # (candidates,)
    ratio: np.ndarray  # (candidates,), 0 at the estimate
    is_at_edge: bool  # on one side of the estimate there is no candidate

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the 95 % confidence set, which may have gaps."""
        inside = self.gamma[self.ratio <= LR_CRITICAL]
        return float(inside.min()), float(inside.max())


@dataclass(frozen=True)
class Stage:
    """A model with one threshold more, and its test against the model without it."""

    curves: tuple[Curve, ...]  # one a threshold, in ascending order
    ssr: float
    f_statistic: float
    bootstrap: np.ndarray  # (replications,) F statistics where the model without it is true

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The estimates in ascending order."""
        return tuple(curve.estimate for curve in self.curves)

    @property
    def p_value(self) -> float | None:
        """The share of the bootstrap beyond the statistic; None without a bootstrap.

        A sample that is drawn as it was is a tie, which rounding may not decide.
        """
        if not len(self.bootstrap):
            return None
        return float((self.bootstrap > self.f_statistic * (1 + 1e-9)).mean())

    def critical(self, level: float) -> float | None:
        """The order statistic of the bootstrap that a share `level` does not exceed."""
        if not len(self.bootstrap):
            return None
        return float(np.quantile(self.bootstrap, level, method="inverted_cdf"))


def find_thresholds(variables: Variables, thresholds: int, settings: Settings) -> tuple[Stage, ...]:
    """One, two or three thresholds in sequence (Hansen 1999, sections 3 to 5).

    The second is searched given the first, the first once more given the second, the third given
    both; the exhaustive convention also searches the second once more given the refined first.
    Each test is F = (S_0 / S_1 - 1) * scale with the sums of squares before refinement, as in its
    bootstrap. Raises SpecificationError where no candidate is left.
    """
    moments = Moments(variables, settings, thresholds)
    start = moments.start()
    at = [start.best(0)]
    curves = [moments.curve(start, 0, at[0])]
    stages = [moments.stage(curves, start, at[0], ())]
    if thresholds >= 2:
        state = start.given(at[0])
        at.append(state.best(1))
        curves.append(moments.curve(state, 1, at[1]))
        stage = moments.stage(curves, state, at[1], (at[0],))
        for which in (0, 1) if settings.convention == "exhaustive" else (0,):
            state = start.given(at[1 - which])
            at[which] = state.best(1)
            curves[which] = moments.curve(state, 1, at[which])
        stages.append(replace(stage, curves=_ascending(curves), ssr=state.ssr_with(1, at[which])))
    if thresholds == 3:
        state = start.given(at[0]).given(at[1])
        null = tuple(at)
        at.append(state.best(2))
        curves.append(moments.curve(state, 2, at[2]))
        stages.append(moments.stage(curves, state, at[2], null))
    return tuple(stages)


def candidate_values(threshold: np.ndarray, trim: float, settings: Settings) -> np.ndarray:
    """The values (candidates,) of a threshold variable (n,) that are searched, ascending.

    hansen1999 takes the quantiles trim, trim + 1 / grid ... 1 - trim of the distinct values, as
    the GAUSS program published with the article; xthreg `grid` positions spread evenly between
    the two; exhaustive all of them. Every regime must have `min_regime_share` of the rows, and
    `trim` where the search is exhaustive.
    """
    values = np.unique(threshold)
    n = len(values)
    if settings.convention == "hansen1999":
        steps = np.arange(int(settings.grid - 2 * settings.grid * trim + 1e-9) + 1)
        positions = np.floor((trim + steps / settings.grid) * n).astype(int) - 1
        values = values[np.maximum(positions, 0)]
    elif settings.convention == "xthreg":
        spread = np.linspace(trim * n, (1 - trim) * n, settings.grid)
        values = values[np.unique(np.maximum(np.round(spread).astype(int) - 1, 0))]
    below, needed = _rows_below(threshold, values, settings), _needed(threshold, trim, settings)
    return values[(below >= needed) & (len(threshold) - below >= needed)]


class Moments:
    """What the search and the bootstrap need to know of the data.

    Candidate j adds D_j, the regime-dependent regressors in the rows of regime 1, less entity
    means and net of the regressors that do not switch: T and M below. With T'v computed once for
    a column v, D_j'v is the sum of x * T'v over the rows of regime 1.
    """

    def __init__(self, variables: Variables, settings: Settings, thresholds: int) -> None:
        x = variables.regime_dependent
        x = x / np.sqrt((x**2).mean(axis=0))  # so that no unit can pass for a singular regime
        self.variables, self.settings = variables, settings
        self.gamma, self.is_searched = _grids(variables.threshold, settings, thresholds)
        self._below = _rows_below(variables.threshold, self.gamma, settings)
        # The first candidate that has the row in its regime 1; len(gamma) where none has
        self._first = np.searchsorted(self.gamma, variables.threshold, settings.side)
        self._x = x
        distinct = np.unique(variables.threshold)
        self._rank = np.searchsorted(distinct, self.gamma) / len(distinct)
        n, entities = len(variables.threshold), len(variables.entity.counts)
        # n (T - 1), and (n - 1) T in xthreg
        self.scale = n - (n // entities if settings.convention == "xthreg" else entities)

        linear = variables.entity.deviations(np.column_stack([variables.regressors, x]))
        self._basis, back = orthonormal(linear[variables.kept])
        self._loadings = linear @ back  # Q'v is loadings' T'v
        outcome = variables.within(variables.outcome[:, None])[:, 0]
        self.outcome = outcome - self._basis @ (self._basis.T @ outcome)
        self.exact = EXACT * float(outcome @ outcome)
        self.ssr = float(self.outcome @ self.outcome)

        self._sums = self._sums_by_candidate()
        self._on_basis = self._cumulated(self._pulled(self._basis))  # (k, candidates, p)
        self.with_outcome = self.against(self._pulled(self.outcome[:, None]))[0]
        self._pairs = self._pair_products()
        raw = self._raw_own()
        self.floor = SINGULAR * np.einsum("ccj->cj", raw)[..., None]
        self.own = raw - np.einsum("cjp,djp->cdj", self._on_basis, self._on_basis)

    def start(self) -> "State":
        """The data before any threshold is chosen."""
        return self.state(self.with_outcome, np.array([self.ssr]))

    def state(self, products: np.ndarray, ssr: np.ndarray) -> "State":
        """Samples (r,) that have these products (k, candidates, r) before any threshold."""
        return State(self, products, self.own[..., None], ssr)

    def against(self, pulled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """D_j'v (k, candidates, r) and Q'v (p, r) for columns v of which T'v (n, r) is given."""
        on_basis = self._loadings.T @ pulled
        return self._cumulated(pulled) - self._on_basis @ on_basis, on_basis

    def products_with(self, at: np.ndarray) -> np.ndarray:
        """D_a'D_j (k, k, candidates, r) for the candidates a in `at` (r,)."""
        if self._has_all_products:
            return self._all_products[:, :, :, at]
        chosen, place = np.unique(at, return_inverse=True)
        return self._products(chosen)[:, :, :, place]

    def is_near(self, at: np.ndarray, trim: float) -> np.ndarray:
        """Which candidates (candidates, r) are too near to the thresholds `at` (r,).

        The window in the grids is that of Hansen's program, which is not symmetric.
        """
        settings = self.settings
        gap = np.abs(self._below[:, None] - self._below[at])
        near = gap < _needed(self.variables.threshold, trim, settings)
        if settings.convention == "exhaustive":
            return near
        if settings.convention == "xthreg":
            return near | (np.abs(self._rank[:, None] - self._rank[at]) < trim)
        position = np.arange(1, len(self.gamma) + 1)[:, None]
        smaller, width = np.searchsorted(self.gamma, self.gamma[at]), settings.grid * trim
        return near | ((position >= smaller - width) & (position < smaller + width))

    def curve(self, state: "State", step: int, at: int) -> Curve:
        """The likelihood ratio of each candidate in a search whose best is `at`."""
        searched = np.flatnonzero(self.is_searched[step])
        reductions = state.reductions(step, self.settings.trim[step])[searched, 0]
        is_open = np.isfinite(reductions)
        sums = state.ssr[0] - reductions
        best = int(np.searchsorted(searched, at))
        around = is_open[max(best - 1, 0) : best + 2]
        return Curve(
            estimate=float(self.gamma[at]),
            gamma=self.gamma[searched[is_open]],
            ratio=(sums[is_open] / sums[best] - 1) * self.scale,
            is_at_edge=len(around) < 3 or not around.all(),
        )

    def stage(
        self, curves: Sequence[Curve], state: "State", at: int, null: tuple[int, ...]
    ) -> Stage:
        """The model that adds the threshold `at` to those of `null`, and the test of it."""
        ssr = state.ssr_with(len(null), at)
        return Stage(
            curves=_ascending(curves),
            ssr=ssr,
            f_statistic=float(state.ssr[0] / ssr - 1) * self.scale,
            bootstrap=self.bootstrap(null),
        )

    def bootstrap(self, null: tuple[int, ...]) -> np.ndarray:
        """F statistics (replications,) of one threshold more where the model `null` is true.

        Samples are the fit of `null` plus its residuals, drawn as whole histories of entities
        (Hansen 1999, section 3.2); the thresholds of `null` are searched anew in each.
        """
        columns = np.column_stack([np.empty((len(self.outcome), 0)), *map(self._columns, null)])
        slopes = np.linalg.lstsq(columns, self.outcome, rcond=None)[0]
        residuals = self.outcome - columns @ slopes
        pulled = self._pulled(residuals[:, None])
        fitted = self.with_outcome - self.against(pulled)[0]
        fitted_ssr = self.ssr - residuals @ residuals
        trims = self.settings.trim[: len(null) + 1]
        if self.settings.convention == "hansen1999":  # the last trim in all searches of a sample
            trims = trims[-1:] * len(trims)
        random = np.random.default_rng([self.settings.seed, len(null)])
        found = [np.empty(0)]
        for drawn, squares in self._draws(residuals, pulled, random):
            noise, on_basis = self.against(drawn)
            cross = slopes @ np.concatenate([np.empty((0, len(squares))), *noise[:, list(null)]])
            ssr = fitted_ssr + 2 * cross + squares - (on_basis**2).sum(axis=0)
            state = self.state(fitted + noise, ssr)
            for step in range(len(null)):
                state = state.given(state.reductions(step, trims[step]).argmax(axis=0))
            reduction = np.maximum(state.reductions(len(null), trims[-1]).max(axis=0), 0)
            found.append(reduction / (state.ssr - reduction) * self.scale)
        return np.concatenate(found)

    def _draws(
        self, residuals: np.ndarray, pulled: np.ndarray, random: np.random.Generator
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """T'e (n, r) and e'e (r,) of drawn residuals e, some replications at a time.

        In an unbalanced panel histories cannot change places, and each entity keeps its own with
        a random sign (the wild cluster bootstrap of Cameron, Gelbach and Miller 2008).
        """
        entity, n = self.variables.entity, len(pulled)
        entities, replications = len(entity.counts), self.settings.replications
        size = max(1, CHUNK // max(n, len(self._x.T) ** 2 * len(self.gamma)))
        padded = np.zeros((n, 1))
        padded[self.variables.kept, 0] = residuals**2
        squares = entity.sums(padded)[:, 0]
        for first in range(0, replications, size):
            # One replication after the other, so that the size of a chunk changes no number
            shape = (min(size, replications - first), entities)
            if self.variables.is_balanced:
                who = random.integers(entities, size=shape).T
                histories = pulled.reshape(-1, entities)
                yield np.take(histories, who, axis=1).reshape(n, -1), squares[who].sum(axis=0)
            else:
                signs = random.choice([-1.0, 1.0], size=shape).T
                yield pulled * signs[entity.codes], np.full(shape[0], squares.sum())

    def _columns(self, at: int) -> np.ndarray:
        """D_a (rows that stay, k), the columns themselves."""
        columns = self.variables.within(self._x * (self._first <= at)[:, None])
        return columns - self._basis @ (self._basis.T @ columns)

    def _pulled(self, columns: np.ndarray) -> np.ndarray:
        """T'v (n, m) of columns v (rows that stay, m)."""
        padded = np.zeros((len(self._first), columns.shape[1]))
        padded[self.variables.kept] = columns
        return self.variables.entity.deviations(padded)

    def _sums_by_candidate(self) -> csr_array:
        """The matrix (k candidates, n) that sums x * v over the rows that enter with each."""
        enters = np.flatnonzero(self._first < len(self.gamma))
        k = self._x.shape[1]
        rows = (np.arange(k)[:, None] * len(self.gamma) + self._first[enters]).ravel()
        return csr_array(
            (self._x[enters].T.ravel(), (rows, np.tile(enters, k))),
            shape=(k * len(self.gamma), len(self._first)),
        )

    def _cumulated(self, pulled: np.ndarray) -> np.ndarray:
        """The sums (k, candidates, m) of x * v over the rows of each regime 1, v (n, m)."""
        shape = self._x.shape[1], len(self.gamma), pulled.shape[1]
        sums = (self._sums @ pulled).reshape(shape)
        return np.cumsum(sums, axis=1, out=sums)

    def _pair_products(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For all pairs of rows (s, t) of an entity: first candidates, and x_s (T'T)_st x_t'.

        T'T is the deviation from the entity mean; a dropped row takes away the product of what
        it would have been.
        """
        entity = self.variables.entity
        order = np.argsort(entity.codes, kind="stable")
        sizes = entity.counts[entity.codes[order]]
        starts = np.cumsum(entity.counts) - entity.counts
        left = np.repeat(order, sizes)
        within = np.arange(len(left)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        right = order[starts[entity.codes[left]] + within]
        share = 1 / entity.counts[entity.codes[left]]
        weight = (left == right) - share
        if not self.variables.kept.all():
            is_dropped = ~self.variables.kept
            weight = weight - (is_dropped[left] - share) * (is_dropped[right] - share)
        products = np.einsum("s,sc,sd->cds", weight, self._x[left], self._x[right])
        return self._first[left], self._first[right], products

    def _raw_own(self) -> np.ndarray:
        """D_j'D_j (k, k, candidates) before the regressors are partialled out."""
        left, right, products = self._pairs
        both = np.maximum(left, right)
        sums = [[np.bincount(both, p, len(self.gamma) + 1) for p in row] for row in products]
        return np.cumsum(sums, axis=-1)[..., :-1]

    def _products(self, chosen: np.ndarray) -> np.ndarray:
        """D_j'D_a (k, k, candidates, chosen), component c of a and d of j, a ascending."""
        left, right, products = self._pairs
        size = len(self.gamma) + 1, len(chosen) + 1
        place = np.searchsorted(chosen, np.arange(size[0]))  # the last one is beyond all
        cell = right * size[1] + place[left]
        sums = np.empty((*products.shape[:2], *size))
        for c, row in enumerate(products):
            for d, product in enumerate(row):
                sums[c, d] = np.bincount(cell, product, size[0] * size[1]).reshape(size)
        sums = sums[:, :, :-1, :-1].cumsum(axis=2).cumsum(axis=3)
        sums -= np.einsum("cap,djp->cdja", self._on_basis[:, chosen], self._on_basis, optimize=True)
        return sums

    @property
    def _has_all_products(self) -> bool:
        return (len(self.gamma) * self._x.shape[1]) ** 2 <= KEPT_PRODUCTS

    @cached_property
    def _all_products(self) -> np.ndarray:
        return self._products(np.arange(len(self.gamma)))


@dataclass(frozen=True)
class State:
    """A search in r samples at once (one for the data), given the thresholds chosen so far."""

    moments: Moments
    products: np.ndarray  # (k, candidates, r) with the outcome, net of what is chosen
    own: np.ndarray  # (k, k, candidates, r or 1) with itself, net of what is chosen
    ssr: np.ndarray  # (r,)
    chosen: tuple[np.ndarray, ...] = ()  # (r,) candidates
    columns: tuple[np.ndarray, ...] = ()  # (k, candidates, r) with what is chosen, orthonormal

    def reductions(self, step: int, trim: float) -> np.ndarray:
        """By how much each candidate (candidates, r) lowers the sum of squares.

        -inf for those that the search number `step` has not in its grid, that are too near to
        the chosen ones, or that leave a regime without variation.
        """
        k = len(self.products)
        y = list(self.products)
        own = {(c, d): self.own[c, d] for c in range(k) for d in range(c, k)}
        total = np.where(self.moments.is_searched[step], 0.0, -np.inf)[:, None]
        for at in self.chosen:
            total = np.where(self.moments.is_near(at, trim), -np.inf, total)
        for c in range(k):  # elimination, one column of the candidates after the other
            pivot = np.where(own[c, c] > self.moments.floor[c], own[c, c], np.nan)
            total = total + y[c] ** 2 / pivot
            for d in range(c + 1, k):
                ratio = own[c, d] / pivot
                y[d] = y[d] - ratio * y[c]
                for e in range(d, k):
                    own[d, e] = own[d, e] - ratio * own[c, e]
        return np.where(np.isnan(total), -np.inf, total)

    def best(self, step: int) -> int:
        """The candidate that lowers the data's sum of squares most."""
        reductions = self.reductions(step, self.moments.settings.trim[step])[:, 0]
        if not np.isfinite(reductions).any():
            raise SpecificationError(
                f"no value of the threshold variable is left for threshold {step + 1}: lower "
                "`trim` or `min_regime_share`, or ask for fewer thresholds"
            )
        if self.ssr[0] - reductions.max() <= self.moments.exact:
            raise SpecificationError(
                f"the outcome is fitted exactly with {step + 1} or fewer thresholds, which leaves "
                "nothing to test"
            )
        return int(reductions.argmax())

    def ssr_with(self, step: int, at: int) -> float:
        """The data's sum of squares once `at` is chosen, too."""
        return float(self.ssr[0] - self.reductions(step, self.moments.settings.trim[step])[at, 0])

    def given(self, at: np.ndarray | int) -> "State":
        """The search for one more threshold where `at` (r,) are chosen: a step of Cholesky's."""
        at = np.atleast_1d(at)
        sample = np.arange(len(at))
        products, own, ssr, columns = self.products, self.own, self.ssr, self.columns
        for c, row in enumerate(self.moments.products_with(at)):
            for before in columns:
                row = row - before[c, at, sample] * before
            pivot = row[c, at, sample]
            pivot = np.where(pivot > self.moments.floor[c, at, 0], pivot, np.inf)
            row = row / np.sqrt(pivot)
            slope = products[c, at, sample] / np.sqrt(pivot)
            products = products - slope * row
            own = own - row[:, None] * row[None]
            ssr = ssr - slope**2
            columns = (*columns, row)
        return State(self.moments, products, own, ssr, (*self.chosen, at), columns)


def regimes(threshold: np.ndarray, thresholds: Sequence[float], settings: Settings) -> np.ndarray:
    """The regime (n,) of each row, from 0; `thresholds` ascending."""
    return np.searchsorted(thresholds, threshold, settings.side)


def _grids(
    threshold: np.ndarray, settings: Settings, thresholds: int
) -> tuple[np.ndarray, np.ndarray]:
    """The candidates of all searches, and which of them (thresholds, candidates) each has.

    In Hansen's program the later searches have the grid of the first.
    """
    if settings.convention == "hansen1999":
        gamma = candidate_values(threshold, settings.trim[0], settings)
        return gamma, np.ones((thresholds, len(gamma)), dtype=bool)
    grids = [candidate_values(threshold, trim, settings) for trim in settings.trim[:thresholds]]
    gamma = np.unique(np.concatenate(grids))
    return gamma, np.array([np.isin(gamma, grid) for grid in grids])


def _rows_below(threshold: np.ndarray, values: np.ndarray, settings: Settings) -> np.ndarray:
    """How many rows each value (candidates,) puts in regime 1."""
    side: Literal["left", "right"] = "left" if settings.side == "right" else "right"
    return np.searchsorted(np.sort(threshold), values, side)


def _needed(threshold: np.ndarray, trim: float, settings: Settings) -> float:
    """How many rows a regime must have."""
    share = settings.min_regime_share
    if settings.convention == "exhaustive":
        share = max(share, trim)
    return max(share * len(threshold), 1)


def _ascending(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    return tuple(sorted(curves, key=lambda curve: curve.estimate))
