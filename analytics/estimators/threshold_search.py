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

from analytics.errors import SpecificationError
from analytics.estimators.within import Groups, orthonormal

LR_CRITICAL = float(-2 * np.log(1 - np.sqrt(0.95)))  # Hansen (1999), theorem 1; 7.352277
SINGULAR = 1e-10  # share of a regime's sum of squares that the other regressors must leave
EXACT = 1e-12  # share of the outcome's sum of squares that a model must leave unexplained
CHUNK = 1 << 17  # numbers in an array of the bootstrap, so that it stays in the cache
KEPT_PRODUCTS = 1 << 22  # numbers that all candidates' products, computed once, may take


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
    """n rows in order of entity and period, so that a balanced panel is a matrix."""

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
        self._keeps_all = bool(variables.kept.all())
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

        self._order = np.argsort(self._first, kind="stable")
        self._ordered_x = np.ascontiguousarray(x[self._order].T)
        sizes = np.bincount(self._first, minlength=len(self.gamma) + 1)
        self._ends = np.cumsum(sizes[:-1])
        self._on_basis = self._cumulated(self._pulled(self._basis))  # (k, p, candidates)
        self.with_outcome = self.against(self._pulled(self.outcome[:, None]))[0]
        raw = self._raw_own()
        self.floor = SINGULAR * np.einsum("ccj->cj", raw)[:, None]
        self.own = raw - np.einsum("cpj,dpj->cdj", self._on_basis, self._on_basis)

    def start(self) -> "State":
        """The data before any threshold is chosen."""
        return self.state(self.with_outcome, np.array([self.ssr]))

    def state(self, products: np.ndarray, ssr: np.ndarray) -> "State":
        """Samples (r,) that have these products (k, r, candidates) before any threshold."""
        return State(self, products, self.own[:, :, None], ssr)

    def against(self, pulled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """D_j'v (k, r, candidates) and Q'v (r, p) for vectors v of which T'v (r, n) is given."""
        on_basis = pulled @ self._loadings
        products = self._cumulated(pulled)
        products -= on_basis @ self._on_basis
        return products, on_basis

    def products_with(self, at: np.ndarray) -> np.ndarray:
        """D_a'D_j (k, k, r, candidates) for the candidates a in `at` (r,)."""
        if self._has_all_products:
            return self._all_products[:, :, at]
        chosen, place = np.unique(at, return_inverse=True)
        return self._products(chosen)[:, :, place]

    def is_near(self, at: np.ndarray, trim: float) -> np.ndarray:
        """Which candidates (r, candidates) are too near to the thresholds `at` (r,).

        The window in the grids is that of Hansen's program, which is not symmetric.
        """
        settings = self.settings
        gap = np.abs(self._below - self._below[at, None])
        near = gap < _needed(self.variables.threshold, trim, settings)
        if settings.convention == "exhaustive":
            return near
        if settings.convention == "xthreg":
            return near | (np.abs(self._rank - self._rank[at, None]) < trim)
        position = np.arange(1, len(self.gamma) + 1)
        smaller = np.searchsorted(self.gamma, self.gamma[at])[:, None]
        width = settings.grid * trim
        return near | ((position >= smaller - width) & (position < smaller + width))

    def curve(self, state: "State", step: int, at: int) -> Curve:
        """The likelihood ratio of each candidate in a search whose best is `at`."""
        searched = np.flatnonzero(self.is_searched[step])
        reductions = state.reductions(step, self.settings.trim[step])[0, searched]
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
        slopes = slopes.reshape(len(null), self._x.shape[1])
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
            cross = sum(
                (slope @ noise[:, :, at] for slope, at in zip(slopes, null)), np.zeros(len(squares))
            )
            ssr = fitted_ssr + 2 * cross + squares - (on_basis**2).sum(axis=1)
            noise += fitted
            state = self.state(noise, ssr)
            for step in range(len(null)):
                state = state.given(state.reductions(step, trims[step]).argmax(axis=1))
            reduction = np.maximum(state.reductions(len(null), trims[-1]).max(axis=1), 0)
            found.append(reduction / (state.ssr - reduction) * self.scale)
        return np.concatenate(found)

    def _draws(
        self, residuals: np.ndarray, pulled: np.ndarray, random: np.random.Generator
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """T'e (r, n) and e'e (r,) of drawn residuals e, some replications at a time.

        In an unbalanced panel histories cannot change places, and each entity keeps its own with
        a random sign (the wild cluster bootstrap of Cameron, Gelbach and Miller 2008).
        """
        entity, n = self.variables.entity, pulled.shape[1]
        entities, replications = len(entity.counts), self.settings.replications
        size = max(1, CHUNK // max(n, len(self._x.T) ** 2 * len(self.gamma)))
        padded = np.zeros((n, 1))
        padded[self.variables.kept, 0] = residuals**2
        squares = entity.sums(padded)[:, 0]
        for first in range(0, replications, size):
            # One replication after the other, so that the size of a chunk changes no number
            shape = (min(size, replications - first), entities)
            if self.variables.is_balanced:
                who = random.integers(entities, size=shape)
                histories = pulled.reshape(entities, -1)
                yield np.take(histories, who, axis=0).reshape(-1, n), squares[who].sum(axis=1)
            else:
                signs = random.choice([-1.0, 1.0], size=shape)
                yield pulled * signs[:, entity.codes], np.full(shape[0], squares.sum())

    def _columns(self, at: int) -> np.ndarray:
        """D_a (rows that stay, k), the columns themselves."""
        columns = self.variables.within(self._x * (self._first <= at)[:, None])
        return columns - self._basis @ (self._basis.T @ columns)

    def _pulled(self, columns: np.ndarray) -> np.ndarray:
        """T'v (m, n) of columns v (rows that stay, m)."""
        if not self._keeps_all:
            padded = np.zeros((len(self._first), columns.shape[1]))
            padded[self.variables.kept] = columns
            columns = padded
        return self.variables.entity.deviations(columns).T

    def _cumulated(self, pulled: np.ndarray) -> np.ndarray:
        """The sums (k, m, candidates) of x * v over the rows of each regime 1, v (m, n)."""
        sums = np.empty((len(self._ordered_x), len(pulled), len(self.gamma)))
        ordered, running = np.empty(pulled.shape[1]), np.zeros(pulled.shape[1] + 1)
        for i, vector in enumerate(pulled):  # one by one: what is read again is still in the cache
            np.take(vector, self._order, out=ordered, mode="clip")
            for x, found in zip(self._ordered_x, sums):
                np.cumsum(x * ordered, out=running[1:])
                np.take(running, self._ends, out=found[i], mode="clip")
        return sums

    @cached_property
    def _taken_away(self) -> list[np.ndarray]:
        """Weights w (n,) of sums s of w x over the rows of an entity: T'T takes s s' away.

        The first are those of the means; a dropped row takes away what it would have been.
        """
        entity, kept = self.variables.entity, self.variables.kept
        share = 1 / entity.counts[entity.codes]
        return [np.sqrt(share)] if self._keeps_all else [np.sqrt(share), ~kept - share]

    def _raw_own(self) -> np.ndarray:
        """D_j'D_j (k, k, candidates) before the regressors are partialled out."""
        added = self._x[:, :, None] * self._x[:, None]
        for weights in self._taken_away:
            added -= self._square_grows(weights)
        sums = np.zeros((len(self.gamma) + 1, *added.shape[1:]))
        np.add.at(sums, self._first, added)
        return np.moveaxis(sums[:-1].cumsum(axis=0), 0, 2)

    def _square_grows(self, weights: np.ndarray) -> np.ndarray:
        """By how much (n, k, k) each row makes s s' grow, s its entity's sum of w x, w (n,).

        Rows come in the order of the thresholds: the first of all entities, then the second ...
        """
        entity = self.variables.entity
        order = self._order[np.argsort(entity.codes[self._order], kind="stable")]
        starts = np.cumsum(entity.counts) - entity.counts
        turn = np.arange(len(order)) - np.repeat(starts, entity.counts)
        turns = np.split(order[np.argsort(turn, kind="stable")], np.cumsum(np.bincount(turn))[:-1])
        columns = weights[:, None] * self._x
        sums = np.zeros((len(starts), columns.shape[1]))
        grows = np.empty((*columns.shape, columns.shape[1]))
        for rows in turns:
            new, codes = columns[rows], entity.codes[rows]
            both = new[:, :, None] * (sums[codes] + new / 2)[:, None]
            grows[rows] = both + both.transpose(0, 2, 1)
            sums[codes] += new
        return grows

    def _products(self, chosen: np.ndarray) -> np.ndarray:
        """D_a'D_j (k, k, chosen, candidates), component c of a and d of j."""
        k = self._x.shape[1]
        columns = self._x[:, :, None] * (self._first[:, None] <= chosen)[:, None]
        columns = self.variables.entity.deviations(columns.reshape(len(columns), -1))
        pulled = columns.T if self._keeps_all else self._pulled(columns[self.variables.kept])
        products = self.against(pulled)[0].reshape(k, k, len(chosen), len(self.gamma))
        return products.transpose(1, 0, 2, 3)

    @property
    def _has_all_products(self) -> bool:
        columns = len(self.gamma) * self._x.shape[1]
        return columns * max(columns, len(self._x)) <= KEPT_PRODUCTS

    @cached_property
    def _all_products(self) -> np.ndarray:
        """The same of all candidates: what their rows give, cumulated in both directions."""
        from scipy.sparse import coo_array, csr_array

        entity, x, size = self.variables.entity, self._x, len(self.gamma) + 1
        shape = len(entity.counts), size * x.shape[1]
        places = np.arange(x.shape[1]) * size + self._first[:, None]
        starts = np.arange(len(x) + 1) * x.shape[1]
        rows = csr_array((x.ravel(), places.ravel(), starts), shape=(len(x), shape[1]))
        products = (rows.T @ rows).toarray()
        for weights in self._taken_away:
            sums = coo_array(
                ((weights[:, None] * x).ravel(), (entity.codes.repeat(x.shape[1]), places.ravel())),
                shape=shape,
            ).tocsr()
            products -= (sums.T @ sums).toarray()
        products = products.reshape(x.shape[1], size, x.shape[1], size).transpose(0, 2, 1, 3)
        products = products[:, :, :-1, :-1].cumsum(axis=2).cumsum(axis=3)
        return products - np.einsum("cpa,dpj->cdaj", self._on_basis, self._on_basis, optimize=True)


@dataclass(frozen=True)
class State:
    """A search in r samples at once (one for the data), given the thresholds chosen so far."""

    moments: Moments
    products: np.ndarray  # (k, r, candidates) with the outcome, net of what is chosen
    own: np.ndarray  # (k, k, r or 1, candidates) with itself, net of what is chosen
    ssr: np.ndarray  # (r,)
    chosen: tuple[np.ndarray, ...] = ()  # (r,) candidates
    columns: tuple[np.ndarray, ...] = ()  # (k, r, candidates) with what is chosen, orthonormal

    def reductions(self, step: int, trim: float) -> np.ndarray:
        """By how much each candidate (r, candidates) lowers the sum of squares.

        -inf for those that the search number `step` has not in its grid, that are too near to
        the chosen ones, or that leave a regime without variation.
        """
        k = len(self.products)
        y = list(self.products)
        own = {(c, d): self.own[c, d] for c in range(k) for d in range(c, k)}
        is_open = self.moments.is_searched[step][None]
        for at in self.chosen:
            is_open = is_open & ~self.moments.is_near(at, trim)
        total = np.zeros(1)
        for c in range(k):  # elimination, one column of the candidates after the other
            varies = own[c, c] > self.moments.floor[c]
            is_open = is_open & varies
            pivot = np.where(varies, own[c, c], 1.0)
            gain = np.square(y[c])
            gain /= pivot
            total = gain if c == 0 else total + gain
            for d in range(c + 1, k):
                ratio = own[c, d] / pivot
                y[d] = y[d] - ratio * y[c]
                for e in range(d, k):
                    own[d, e] = own[d, e] - ratio * own[c, e]
        np.copyto(total, -np.inf, where=~is_open)
        return total

    def best(self, step: int) -> int:
        """The candidate that lowers the data's sum of squares most."""
        reductions = self.reductions(step, self.moments.settings.trim[step])[0]
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
        return float(self.ssr[0] - self.reductions(step, self.moments.settings.trim[step])[0, at])

    def given(self, at: np.ndarray | int) -> "State":
        """The search for one more threshold where `at` (r,) are chosen: a step of Cholesky's."""
        at = np.atleast_1d(at)
        sample = np.arange(len(at))
        products, own, ssr, columns = self.products, self.own, self.ssr, self.columns
        for c, row in enumerate(self.moments.products_with(at)):
            for before in columns:
                row = row - before[c, sample, at][:, None] * before
            pivot = row[c, sample, at]
            pivot = np.where(pivot > self.moments.floor[c, 0, at], pivot, np.inf)
            row = row / np.sqrt(pivot)[:, None]
            slope = products[c, sample, at] / np.sqrt(pivot)
            products = products - slope[:, None] * row
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
