"""The stacked equations of dynamic panel models and their instruments.

Everything lives on a grid of N entities by T calendar periods, so that a gap is a hole in the
grid. The equations are stacked: R = T rows of the transformed equation (differences, or forward
orthogonal deviations stored one period late), and with System GMM another T rows of levels.

An instrument is zero in most of these rows. It is kept as the entries that are not: one column
(N,) for one row of the equations, so that no instrument matrix is ever built.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from analytics.errors import CollinearityError, SpecificationError
from analytics.estimators.design import COLLINEAR
from analytics.sections import Section

MOST_ENTRIES = 10_000  # their products fill 0.8 GB
TIME_EFFECTS = "the time effects"


class Instrument(Section):
    """A variable (or a lag, "L1.x") that instruments the equations as it is."""

    variable: str
    equation: Literal["both", "difference", "level"] = "both"

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        return {"variable": content} if isinstance(content, str) else content


class GmmInstrument(Instrument):
    """A variable whose lags a to b instrument the equations; b is None for all there are."""

    lags: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)] | None] = (1, None)

    @field_validator("lags")
    @classmethod
    def _ordered(cls, lags: tuple[int, int | None]) -> tuple[int, int | None]:
        if lags[1] is not None and lags[1] < lags[0]:
            raise ValueError("`lags` is a range in ascending order, as in [2, 4] or [2, null]")
        return lags


@dataclass(frozen=True)
class Equations:
    """The stacked equations: the outcome and k regressors of N entities in R rows each."""

    names: tuple[str, ...]  # of the k regressors
    n_deterministic: int  # of the first k that are the constant (of levels) and time effects
    data: np.ndarray  # (1 + k, N, R), the outcome first; 0 in rows that are not used
    used: np.ndarray  # (N, R)
    differences: np.ndarray  # (1 + k, N, T), 0 where there are none: for serial correlation
    transform: np.ndarray  # (T, T), from levels to the rows of the transformed equation
    orthogonal: bool  # whether these are forward orthogonal deviations
    usable: np.ndarray  # (N, T), the periods without a missing variable ...
    observed: np.ndarray  # (N, T), ... and those that count as observations

    @property
    def periods(self) -> int:
        """T."""
        return self.usable.shape[1]

    @property
    def is_system(self) -> bool:
        """Whether there are rows of levels."""
        return self.used.shape[1] > self.periods


@dataclass(frozen=True)
class Instruments:
    """j instruments as J entries, each a column of values in one row of the equations."""

    values: np.ndarray  # (N, J), 0 where missing
    row: np.ndarray  # (J,) of the equations
    start: np.ndarray  # (j,) the first entry of each instrument: entries are in their order
    is_gmm_level: np.ndarray  # (j,) whether it is a GMM-style instrument of the level equation


def stack_equations(
    variables: np.ndarray,
    names: Sequence[str],
    in_sample: np.ndarray,
    is_system: bool,
    orthogonal: bool = False,
    time_effects: bool = False,
) -> Equations:
    """The rows to estimate on, from the outcome and regressors (1 + k, N, T), NaN where missing.

    `names` are those of the regressors, `in_sample` is (N, T). A period of an entity is an
    observation where it is in the sample and no variable is missing. The periods that its
    difference or deviation is taken from may lie outside the sample, as those of a lag may.
    Raises SpecificationError where nothing can be differenced, CollinearityError for a regressor
    that adds nothing to the ones before it.
    """
    usable = ~np.isnan(variables).any(axis=0)
    periods = usable.shape[1]
    deterministic = [np.ones((1, periods))] if is_system else []
    if time_effects:  # the latest first, so that the first period is the one to leave out
        deterministic.append(np.eye(periods)[::-1])
    blocks = [np.where(usable, block[:, None, :], np.nan) for block in deterministic]
    levels = np.concatenate([variables[:1], *blocks, variables[1:]])

    differences = _differences(levels)
    differs = in_sample & ~np.isnan(differences).any(axis=0)
    transformed, used, observed = differences, differs, differs
    if orthogonal:
        transformed = _orthogonal_deviations(levels, usable)
        used = np.roll(in_sample, 1, axis=1) & ~np.isnan(transformed).any(axis=0)
        observed = np.roll(used, -1, axis=1)  # the first row is never used, so nothing goes round
    if not used.any():
        raise SpecificationError(
            f"no entity has two {'' if orthogonal else 'consecutive '}periods with all variables "
            "of the model: there is nothing to difference"
        )
    if is_system:
        observed = usable & in_sample
        transformed = np.concatenate([transformed, levels], axis=2)
        used = np.concatenate([used, observed], axis=1)
    data = np.where(used, transformed, 0.0)
    n_effects = len(levels) - len(variables) - is_system
    labels = ["const"] * is_system + [TIME_EFFECTS] * n_effects + [*names]
    keep = _independent(data, np.where(usable, levels, 0.0), labels, len(names))
    return Equations(
        names=tuple(label for label, kept in zip(labels, keep[1:], strict=True) if kept),
        n_deterministic=int(keep.sum()) - len(variables),
        data=data[keep],
        used=used,
        differences=np.where(differs, differences, 0.0)[keep],
        transform=_transform(periods, orthogonal),
        orthogonal=orthogonal,
        usable=usable,
        observed=observed,
    )


def build_instruments(
    equations: Equations,
    gmm: Sequence[tuple[GmmInstrument, np.ndarray]],
    iv: Sequence[tuple[Instrument, np.ndarray]],
    collapse: bool,
) -> tuple[Instruments, list[str]]:
    """The instruments that are not empty, and warnings about those that are.

    `gmm` and `iv` are specifications with their variables (N, T), NaN where missing; a missing
    value instruments with 0. Lags a to b of a GMM-style variable are its levels at t - a ... t - b
    in the transformed equation and its difference at t - a + 1 in the level equation (at t where a
    is 0). With `equation: level` they are its differences at t - a ... t - b (Roodman 2009,
    section 4.1, and the help of xtabond2).
    """
    # Of the constant and the time effects, the level equation alone, where there is one
    first = equations.periods if equations.is_system else 0
    own = [
        _entries(column[:, first:], [0], first, collapse=True)
        for column in equations.data[1 : 1 + equations.n_deterministic]
    ]
    found = [
        *own,
        *(_gmm_style(given, z, equations, collapse) for given, z in gmm),
        *(_iv_style(given, z, equations) for given, z in iv),
    ]
    filled = [_filled(entries, equations.used) for entries in found]
    warnings = [
        f"the instrument `{given.variable}` has no values in the rows that it instruments"
        for (given, _), entries in zip([*gmm, *iv], filled[len(own) :], strict=True)
        if entries.row.size == 0
    ]
    together = _beside(filled)
    _check_size(together.row.size)
    start = np.flatnonzero(np.diff(together.key, prepend=-1))
    return (
        Instruments(together.values, together.row, start, together.is_gmm_level[start]),
        warnings,
    )


def _differences(values: np.ndarray) -> np.ndarray:
    """From the period before (..., T); NaN in the first and beside a gap."""
    return np.diff(values, axis=-1, prepend=np.nan)


def _orthogonal_deviations(values: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Deviations from the mean of the usable later periods, stored one period late (..., N, T).

    They are scaled so that the variance of independent errors is kept (Arellano and Bover 1995).
    """
    later = usable.shape[-1] - 1
    n_after, sum_after = (
        np.cumsum(np.where(usable, of, 0)[..., :0:-1], axis=-1)[..., ::-1] for of in (1, values)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        deviations = np.sqrt(n_after / (n_after + 1)) * (values[..., :later] - sum_after / n_after)
    stored = np.full(values.shape, np.nan)
    stored[..., 1:] = deviations
    return stored


def _transform(periods: int, orthogonal: bool) -> np.ndarray:
    """The matrix (T, T) of the transformation of an entity without gaps; its first row is 0."""
    matrix = np.eye(periods) - np.eye(periods, k=-1)
    matrix[0] = 0
    if orthogonal:
        after = np.arange(periods - 1, 0, -1)[:, None]
        mean = np.triu(np.ones((periods, periods)), 1)[:-1] / after
        matrix[1:] = np.sqrt(after / (after + 1)) * (np.eye(periods)[:-1] - mean)
    return matrix


def _independent(
    data: np.ndarray, levels: np.ndarray, labels: Sequence[str], n_regressors: int
) -> np.ndarray:
    """Which variables (1 + k,) to keep: time effects that add nothing go, a regressor may not."""
    flat = data[1:].reshape(len(labels), -1)
    gram = flat @ flat.T
    length, before = np.diag(gram), (levels[1:] ** 2).sum(axis=(1, 2))
    rest = gram.copy()
    keep = np.ones(len(data), dtype=bool)
    for i, label in enumerate(labels):
        vanishes = length[i] <= 1e-24 * before[i]
        if not vanishes and rest[i, i] > COLLINEAR**2 * length[i]:
            rest -= np.outer(rest[i], rest[i]) / rest[i, i]
        elif i < len(labels) - n_regressors:
            keep[1 + i] = False
        elif vanishes:
            raise CollinearityError(label, "does not vary over time, and its differences are all 0")
        else:
            others = np.flatnonzero(keep[1 : 1 + i])
            weights = np.linalg.lstsq(gram[np.ix_(others, others)], gram[others, i])[0]
            shares = np.abs(weights) * np.sqrt(length[others] / length[i])
            partners = [labels[other] for other in others[shares > COLLINEAR]]
            raise CollinearityError(label, f"is perfectly collinear with {_listed(partners)}")
    return keep


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name if name == TIME_EFFECTS else f"`{name}`" for name in dict.fromkeys(names))


@dataclass(frozen=True)
class _Entries:
    """Columns of values, each in one row of the equations; those with the same key add up."""

    values: np.ndarray  # (N, entries), NaN where missing
    row: np.ndarray
    key: np.ndarray  # ascending
    is_gmm_level: np.ndarray


def _gmm_style(
    given: GmmInstrument, z: np.ndarray, equations: Equations, collapse: bool
) -> _Entries:
    first, last = given.lags
    lags = range(first, equations.periods if last is None else min(last + 1, equations.periods))
    transformed = [] if given.equation == "level" else lags
    # Beside the transformed equation, its other lags would add nothing new to the level equation
    levels = {"level": lags, "both": [max(first - 1, 0)], "difference": []}[given.equation]
    if not equations.is_system:
        levels = []
    return _beside(
        [
            _entries(z, transformed, 0, collapse),
            _entries(_differences(z), levels, equations.periods, collapse, is_gmm_level=True),
        ]
    )


def _iv_style(given: Instrument, z: np.ndarray, equations: Equations) -> _Entries:
    """One column, which is transformed where the equation is."""
    periods = equations.periods
    rows = np.full(equations.used.shape, np.nan)
    if given.equation != "level" and equations.orthogonal:
        rows[:, :periods] = _orthogonal_deviations(z, equations.usable)
    elif given.equation != "level":
        rows[:, :periods] = _differences(z)
    if given.equation != "difference" and equations.is_system:
        rows[:, periods:] = z
    return _entries(rows, [0], 0, collapse=True)


def _entries(
    source: np.ndarray,
    lags: Sequence[int],
    first_row: int,
    collapse: bool,
    is_gmm_level: bool = False,
) -> _Entries:
    """Lags of a source (N, T) in T rows: an instrument a lag, or a lag and period."""
    lag = np.asarray(lags, dtype=int)
    _check_size(int((source.shape[1] - lag).sum()))
    key, at = np.nonzero(np.arange(source.shape[1]) >= lag[:, None])
    return _Entries(
        values=source[:, at - lag[key]],
        row=first_row + at,
        key=key if collapse else np.arange(len(key)),
        is_gmm_level=np.full(len(key), is_gmm_level),
    )


def _filled(entries: _Entries, used: np.ndarray) -> _Entries:
    """The entries that are not 0 or missing in all of the rows used."""
    values = np.where(used[:, entries.row], np.nan_to_num(entries.values), 0.0)
    kept = values.any(axis=0)
    return _Entries(
        values[:, kept], entries.row[kept], entries.key[kept], entries.is_gmm_level[kept]
    )


def _beside(parts: Sequence[_Entries]) -> _Entries:
    """The instruments of all parts, each part's after those of the ones before."""
    keys, after = [], 0
    for part in parts:
        keys.append(part.key + after)
        after = keys[-1].max(initial=after - 1) + 1
    return _Entries(
        values=np.concatenate([part.values for part in parts], axis=1),
        row=np.concatenate([part.row for part in parts]),
        key=np.concatenate(keys),
        is_gmm_level=np.concatenate([part.is_gmm_level for part in parts]),
    )


def _check_size(entries: int) -> None:
    if entries > MOST_ENTRIES:
        raise SpecificationError(
            f"the lags make {entries} instruments before they are collapsed, and {MOST_ENTRIES} "
            "is the most: give `lags` an upper end, as in [2, 4]"
        )
