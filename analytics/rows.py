"""From a panel and a model to the rows that are estimated on.

The order is part of the contract: lags on all rows, then the sample, then complete cases, then
winsorising.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError
from analytics.panel import (
    LAG,
    Panel,
    labelled,
    lag_of,
    parts_of,
    printed_value,
    require_column,
    value_labels,
    value_names,
)
from analytics.sample import texts_not_found
from analytics.sections import Absorption, Winsorise
from analytics.written import written_numbers

PLAIN = Absorption()  # nothing is taken out
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True)
class Coding:
    """How columns become categories: numbers that are codes, and the value left out of a term."""

    categorical: frozenset[str] = frozenset()
    bases: Mapping[str, str] = field(default_factory=dict)  # of interactions, as they are written


@dataclass(frozen=True)
class Rows:
    """The n rows that a model is estimated on, in order of entity and period."""

    values: np.ndarray  # (n, columns); a term may have several
    names: tuple[str, ...]  # of the columns
    columns: dict[str, tuple[str, ...]]  # of each term
    entity: np.ndarray  # (n,) integer codes
    time: np.ndarray  # (n,) calendar periods
    clusters: np.ndarray  # (n, number of cluster variables) integer codes
    source: np.ndarray  # (n,) which rows of the panel these are, as its index names them
    n_dropped_missing: int
    sets: np.ndarray  # (n, sets of effects beside entities and periods) integer codes
    weights: np.ndarray | None = None  # (n,)

    def matrix(self, terms: Sequence[str]) -> pd.DataFrame:
        """The columns of these terms, in their order."""
        names = [column for term in terms for column in self.columns[term]]
        places = [self.names.index(name) for name in names]
        return pd.DataFrame(self.values.T[places].T, columns=names, copy=False)

    def column(self, term: str) -> np.ndarray:
        """The one column (n,) of a term; SpecificationError where it has several."""
        self.require_single(term)
        return self.values[:, self.names.index(self.columns[term][0])]

    def require_single(self, *terms: str) -> None:
        """Raise SpecificationError for a term that stands for categories."""
        for term in terms:
            if len(self.columns[term]) > 1:
                raise SpecificationError(
                    f"`{term}` has several columns, one for each of its values, and one is taken: "
                    "choose a column of numbers"
                )

    def without(self, name: str) -> "Rows":
        """The rows without one of the columns of a term."""
        columns = {term: tuple(c for c in own if c != name) for term, own in self.columns.items()}
        return replace(
            self,
            values=np.delete(self.values, self.names.index(name), axis=1),
            names=tuple(other for other in self.names if other != name),
            columns=columns,
        )

    def keep(self, mask: np.ndarray) -> "Rows":
        """The rows where the mask is true."""
        if mask.all():
            return self
        return replace(
            self,
            values=self.values.T[:, mask].T,
            entity=self.entity[mask],
            time=self.time[mask],
            clusters=self.clusters[mask],
            source=self.source[mask],
            sets=self.sets[mask],
            weights=None if self.weights is None else self.weights[mask],
        )


def select_rows(
    panel: Panel,
    terms: Sequence[str],
    sample: str | None = None,
    winsorise: Winsorise | None = None,
    cluster_columns: Sequence[str] = (),
    coding: Coding = Coding(),
    absorption: Absorption = PLAIN,
) -> Rows:
    """The complete rows of the sample for these terms ("x", "L1.x", "x:y").

    Raises SpecificationError for terms that no row has, and for a weight that is none.
    """
    for name in coding.categorical:
        require_column(lag_of(name, panel.data)[1], panel.data)
    in_sample, used = _usable(panel, terms, sample, [*cluster_columns, *absorption.sets])
    coded = {term: coded_parts(term, panel, used, coding) for term in terms}
    if winsorise is not None:
        check_winsorised(winsorise, _numeric(coded.values()))
        coded = {term: winsorised(own, winsorise) for term, own in coded.items()}
    columns: dict[str, tuple[str, ...]] = {}
    values: dict[str, np.ndarray] = {}
    for term, own in coded.items():
        built = term_columns(term, own, terms, coding.bases.get(term))
        columns[term] = tuple(built)
        values |= built
    return Rows(
        values=np.array(list(values.values())).T,
        names=tuple(values),
        columns=columns,
        entity=panel.entity[used],
        time=panel.time[used],
        clusters=_codes_of(cluster_columns, panel, used),
        source=panel.data.index.to_numpy()[used],
        n_dropped_missing=int(in_sample.sum() - used.sum()),
        sets=_codes_of(absorption.sets, panel, used),
        weights=_weights(absorption.weights, panel, used),
    )


def _codes_of(names: Sequence[str], panel: Panel, used: np.ndarray) -> np.ndarray:
    """The codes (n, columns) of several columns on the rows used."""
    codes = [panel.codes(name)[used] for name in names]
    return np.column_stack([np.empty((int(used.sum()), 0), dtype=np.int64), *codes])


def _weights(name: str | None, panel: Panel, used: np.ndarray) -> np.ndarray | None:
    """Analytic weights (n,) of the rows used, each a number above 0."""
    if name is None:
        return None
    require_column(lag_of(name, panel.data)[1], panel.data)
    [values] = numeric_parts(panel, name).values()
    wrong = used & ~(values > 0)
    if wrong.any():
        row = int(panel.data.index[wrong].min())
        place = int(panel.places(np.array([row]))[0])
        shown = "nothing" if np.isnan(values[place]) else f"{values[place]:g}"
        raise SpecificationError(
            f"weights: column `{name}` holds {shown} in row {row + 1}; expected numbers above 0 "
            f'(leave such rows out by sample: "{name} > 0")'
        )
    return values[used]


def complete_rows(panel: Panel, terms: Sequence[str], sample: str | None = None) -> np.ndarray:
    """Which rows (n,) of the sample have all of these terms; SpecificationError for none."""
    return _usable(panel, terms, sample, ())[1]


def _usable(
    panel: Panel, terms: Sequence[str], sample: str | None, cluster_columns: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """The rows (n,) of the sample, and those of them that have all terms and clusters."""
    parts = dict.fromkeys(part for term in terms for part in parts_of(term, panel.data))
    known = {part: panel.knows(part) for part in parts}
    known |= {name: panel.codes(name) >= 0 for name in cluster_columns}
    in_sample = panel.sampled(sample)
    if sample is not None and not in_sample.any():
        said = [f"the sample `{sample}` leaves no rows", *texts_not_found(sample, panel.data)]
        raise SpecificationError(": ".join(said[:2]))
    used = np.logical_and.reduce([in_sample, *known.values()])
    if not used.any():
        empty = [name for name, rows in known.items() if not (rows & in_sample).any()]
        said = [f"no row has all of {_listed(known)}"]
        said += [f"no row of the sample has {_listed(empty)}"] if empty else []
        said += _about_waves(panel, empty)
        raise SpecificationError(": ".join(said))
    return in_sample, used


def _about_waves(panel: Panel, empty: Sequence[str]) -> list[str]:
    """What to do about lags that do not exist since waves are several periods apart."""
    step = int(np.gcd.reduce(np.diff(sorted(panel.periods)))) if len(panel.periods) > 1 else 1
    lags = [int(lag[1]) for name in empty if (lag := LAG.match(name))]
    if step < 2 or all(lag % step == 0 for lag in lags):
        return []
    return [
        f"`{panel.keys.time}` goes in steps of {step}, and a lag counts calendar periods: write "
        f"`L{step}.`, or name a column that numbers the waves 1, 2, 3"
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def numeric_parts(panel: Panel, term: str, coding: Coding = Coding()) -> dict[str, np.ndarray]:
    """The columns (n,) whose product a term is, lagged where it says so, on all rows.

    Raises SpecificationError for text, and for a term that stands for categories.
    """
    parts = {part: panel.part(part) for part in parts_of(term, panel.data)}
    for part, values in parts.items():
        if isinstance(values, pd.Series):
            raise SpecificationError(_no_number(part, term, values))
    if categories := _categorical(_coded(term, parts, panel, coding)):
        raise SpecificationError(
            f"`{term}`: `{categories[0]}` is a column of categories, and numbers are needed here: "
            "write a column of 0 and 1 for each category"
        )
    return parts


def rows_with(panel: Panel, term: str) -> np.ndarray:
    """Which rows (n,) have this term; none where no column has it."""
    parts = parts_of(term, panel.data)
    if any(lag_of(part, panel.data)[1] not in panel.data.columns for part in parts):
        return np.zeros(len(panel.data), dtype=bool)
    return np.logical_and.reduce([panel.knows(part) for part in parts])


def crossed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Integers (n,) that tell apart every pair of two integers, in the order of the pairs."""
    low, high = int(other.min()), int(other.max())
    return (one - int(one.min())) * (high - low + 1) + (other - low)


@dataclass(frozen=True)
class Categories:
    """A column of categories: which of the names, in the order of their values, each row has."""

    codes: np.ndarray  # (n,)
    names: tuple[str, ...]


def coded_parts(
    term: str, panel: Panel, used: np.ndarray, coding: Coding
) -> dict[str, np.ndarray | Categories]:
    """The parts of a term on the rows (n,) that are used: numbers, or categories."""
    parts = {part: panel.part(part)[used] for part in parts_of(term, panel.data)}
    return _coded(term, parts, panel, coding)


def _coded(
    term: str, parts: Mapping[str, np.ndarray | pd.Series], panel: Panel, coding: Coding
) -> dict[str, np.ndarray | Categories]:
    """The parts of a term, as categories where they are.

    Text is; so are numbers that the specification marks, those that the file labels (in an
    interaction), and those among whose values the base of the interaction is. What a column is,
    its lags are as well.
    """
    coded: dict[str, np.ndarray | Categories] = {}
    for part, values in parts.items():
        column = lag_of(part, panel.data)[1]
        marked = not coding.categorical.isdisjoint((part, column))
        labels = value_labels(panel.data, column) if marked or len(parts) > 1 else {}
        if isinstance(values, pd.Series) and not marked:
            _require_categories(part, term, values, is_alone=len(parts) == 1)
        if isinstance(values, pd.Series) or marked or labels:
            codes, names = value_names(pd.Series(values))
            coded[part] = Categories(codes, labelled(names, labels))
        else:
            coded[part] = values
    if (base := coding.bases.get(term)) is not None and not _categorical(coded):
        for part, values in reversed(list(parts.items())):
            codes, names = value_names(pd.Series(values))
            if base in names:
                return {**coded, part: Categories(codes, names)}
        raise SpecificationError(
            f"`{term}`: the base {base!r} is no value of {_listed(parts)} in the sample"
        )
    return coded


def _require_categories(part: str, term: str, values: pd.Series, is_alone: bool) -> None:
    """Text in a term is a column of categories, and no column of numbers with a slip in it."""
    numbers = written_numbers(values)
    if is_alone or 2 * numbers.notna().sum() > len(values):
        raise SpecificationError(_no_number(part, term, values))


def _no_number(part: str, term: str, values: pd.Series) -> str:
    """Which cells of a column are no numbers, the first of them by its row."""
    wrong = values[values.notna() & written_numbers(values).isna()]
    if wrong.empty:
        return (
            f"column `{part}` holds its numbers as text, such as {values.dropna().iloc[0]!r}, and "
            f"`{term}` needs numbers: save it as numbers"
        )
    first, more = wrong.sort_index(), ""
    if len(wrong) > 1:
        more = f" and {len(wrong) - 1} more cell{'s' if len(wrong) > 2 else ''}"
    value, row = first.iloc[0], first.index[0] + 1
    if isinstance(value, date):
        return (
            f"column `{part}` holds dates ({value:%Y-%m-%d} in row {row}{more}), and `{term}` "
            "needs numbers: save the number that is meant, such as the year"
        )
    mend = "leave a cell empty where there is none"
    if wrong.map(lambda cell: bool(DECIMAL_COMMA.fullmatch(str(cell).strip()))).all():
        mend = "write the decimal point as a point"
    elif len(wrong) == values.notna().sum():
        mend = "name it under `categorical` if it stands for categories, else save plain numbers"
    return (
        f"column `{part}` holds text ({printed_value(value)} in row {row}{more}), and "
        f"`{term}` needs numbers: {mend}"
    )


def _categorical(parts: Mapping[str, np.ndarray | Categories]) -> list[str]:
    return [part for part, values in parts.items() if isinstance(values, Categories)]


def term_columns(
    term: str,
    parts: Mapping[str, np.ndarray | Categories],
    terms: Sequence[str],
    base: str | None,
) -> dict[str, np.ndarray]:
    """The columns of a term: one, or one for each value of the column of categories in it.

    The value that the others are compared with is `base`; without one it is the first, where the
    rest of the interaction is a term of its own or there is no rest.
    """
    names = _categorical(parts)
    if len(names) > 1:
        raise SpecificationError(
            f"`{term}`: `{names[0]}` and `{names[1]}` are both columns of categories, and an "
            "interaction takes one"
        )
    written = [part.strip() for part in term.split(":")]  # x:x is the square of x
    factors = [part for part in written if part in parts] or [term]
    numeric = [part for part in factors if part not in names]
    columns = [values for part in factors if isinstance(values := parts[part], np.ndarray)]
    product: np.ndarray = np.prod(columns, axis=0) if columns else np.ones(1)
    if not names:
        return {term: product}
    groups = parts[names[0]]
    assert isinstance(groups, Categories)
    present = [groups.names[code] for code in np.unique(groups.codes)]
    if base is not None and base not in present:
        raise SpecificationError(
            f"`{term}`: the base {base!r} is no value of `{names[0]}` in the sample; its values "
            f"are {', '.join(present[:10])}"
        )
    if base is None and (not numeric or ":".join(numeric) in terms):
        base = present[0]
    shown = [value for value in present if value != base]
    if not shown:
        raise SpecificationError(f"`{term}`: column `{names[0]}` has a single value in the sample")
    return {
        f"{term}[{value}]": product * (groups.codes == groups.names.index(value)).astype(float)
        for value in shown
    }


def _numeric(coded: Iterable[Mapping[str, np.ndarray | Categories]]) -> list[str]:
    """The parts that are numbers in some term."""
    parts = [part for own in coded for part, v in own.items() if isinstance(v, np.ndarray)]
    return list(dict.fromkeys(parts))


def winsorised(
    coded: Mapping[str, np.ndarray | Categories], winsorise: Winsorise
) -> dict[str, np.ndarray | Categories]:
    """Numbers cut at their quantiles (linear interpolation) over the rows that are estimated on.

    Codes of categories are no numbers.
    """
    return {
        part: values.clip(*np.quantile(values, winsorise.limits))
        if isinstance(values, np.ndarray) and part in (winsorise.columns or coded)
        else values
        for part, values in coded.items()
    }


def check_winsorised(winsorise: Winsorise, variables: Sequence[str]) -> None:
    """Raise SpecificationError for a column to cut that is none of the variables."""
    for name in winsorise.columns:
        if name not in variables:
            raise SpecificationError(
                f"winsorise: `{name}` is not a numeric variable of the model; "
                f"its variables are {', '.join(variables)}"
            )
